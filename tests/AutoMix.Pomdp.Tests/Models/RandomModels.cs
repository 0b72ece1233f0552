using CsCheck;

namespace AutoMix.Pomdps.Tests.Models;

/// <summary>Small models of every shape: sparse and dense, with impossible observations and states that cannot be reached.</summary>
internal static class RandomModels
{
    public static Gen<Pomdp> Any(int maxStates = 5, int maxActions = 3, int maxObservations = 4) =>
        Gen.Select(Gen.Int[1, maxStates], Gen.Int[1, maxActions], Gen.Int[1, maxObservations], Gen.Int)
            .Select((states, actions, observations, seed) => Make(states, actions, observations, new Random(seed)));

    public static double[] Distribution(int count, Random random)
    {
        double[] weights = [.. Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? random.NextDouble() : 0)];
        weights[random.Next(count)] += 0.1;
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    private static Pomdp Make(int states, int actions, int observations, Random random)
    {
        PomdpBuilder builder = new(states, actions, observations, 0.5 + (0.4 * random.NextDouble()));
        for (int a = 0; a < actions; a++)
        {
            for (int s = 0; s < states; s++)
            {
                builder.TransitionRow(a, s, Distribution(states, random)).ObservationRow(a, s, Distribution(observations, random));
                builder.Reward(a, s, Math.Round((random.NextDouble() * 20) - 10, 3));
                builder.Reward(a, s, random.Next(states), random.Next(observations), random.NextDouble());
            }
        }

        return builder.Start(Distribution(states, random)).Build();
    }
}
