using AutoMix.Pomdps;

namespace AutoMix.Samples.PomdpSolver;

/// <summary>RockSample (Smith and Simmons, UAI 2004): a rover knows where it is, not which rocks are good; looking is noisier from afar.</summary>
internal static class RockSampleModel
{
    private static readonly (int X, int Y)[] Moves = [(0, 1), (1, 0), (0, -1), (-1, 0)];

    public static Pomdp Build(int size, (int X, int Y)[] rocks, (int X, int Y) start)
    {
        int worlds = 1 << rocks.Length, end = size * size * worlds, sample = 4 + rocks.Length;
        PomdpBuilder builder = new(end + 1, sample + 1, 2, discount: 0.95);
        for (int action = 0; action <= sample; action++)
        {
            builder.Transition(action, end, end, 1).Observation(action, PomdpBuilder.Any, 0, 1);
            for (int state = 0; state < end; state++)
            {
                int world = state % worlds, x = state / worlds % size, y = state / worlds / size, next = state;
                int here = Array.IndexOf(rocks, (x, y));
                if (action == sample)
                {
                    bool good = here >= 0 && (world >> here & 1) == 1;
                    next = good ? state - (1 << here) : state;
                    builder.Reward(action, state, here < 0 ? -100 : good ? 10 : -10);
                }
                else if (action < 4)
                {
                    (int toX, int toY) = (x + Moves[action].X, y + Moves[action].Y);
                    bool inside = toX >= 0 && toX < size && toY >= 0 && toY < size;
                    next = toX == size ? end : inside ? (((toY * size) + toX) * worlds) + world : state;
                    builder.Reward(action, state, toX == size ? 10 : inside ? 0 : -100);
                }
                else
                {
                    (int rockX, int rockY) = rocks[action - 4];
                    double right = (1 + Math.Pow(2, -Math.Sqrt(Math.Pow(rockX - x, 2) + Math.Pow(rockY - y, 2)) / 20)) / 2;
                    int good = world >> (action - 4) & 1;
                    builder.Observation(action, state, 0, good == 1 ? right : 1 - right).Observation(action, state, 1, good == 1 ? 1 - right : right);
                }

                builder.Transition(action, state, next, 1);
            }
        }

        double[] belief = new double[end + 1];
        belief.AsSpan(((start.Y * size) + start.X) * worlds, worlds).Fill(1.0 / worlds);
        return builder.Start(belief).Build();
    }
}
