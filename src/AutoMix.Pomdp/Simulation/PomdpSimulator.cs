using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>Runs a policy against the model: a hidden state is sampled and moved, the policy sees beliefs only.</summary>
/// <remarks>The reward of a step is the expected one of the hidden state and action, which has the same mean and less noise.</remarks>
public sealed class PomdpSimulator
{
    private readonly Pomdp _model;
    private readonly BeliefUpdater _updater;

    /// <summary>Makes a simulator for a model.</summary>
    public PomdpSimulator(Pomdp model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _updater = new BeliefUpdater(model);
    }

    /// <summary>Runs the policy from the start belief; the same seed gives the same result.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="runs">How many times.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="maxSteps">Steps of a run; by default the horizon, or until the discount leaves less than a 1e-6th, or 1000.</param>
    /// <param name="cancellationToken">Ends the simulation.</param>
    /// <exception cref="OperationCanceledException">The simulation was ended.</exception>
    public SimulationResult Run(IPomdpPolicy policy, int runs, int seed, int? maxSteps = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(runs);
        int steps = maxSteps ?? _model.Horizon ?? (_model.Discount < 1 ? Math.Min(1000, (int)Math.Ceiling(Math.Log(1e-6) / Math.Log(_model.Discount))) : 1000);
        double[] belief = new double[_model.StateCount], next = new double[_model.StateCount];
        double sum = 0, squares = 0;
        Random random = new(seed);
        for (int run = 0; run < runs; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double total = Return(policy, steps, random, belief, next);
            double change = total - (run == 0 ? total : sum / run);
            sum += total;
            squares += change * (total - (sum / (run + 1)));
        }

        return new SimulationResult(runs, sum / runs, runs > 1 ? Math.Sqrt(squares / (runs - 1) / runs) : double.PositiveInfinity);
    }

    private double Return(IPomdpPolicy policy, int steps, Random random, double[] belief, double[] next)
    {
        _model.Start.CopyTo(belief);
        int state = Sample(_model.Start, random);
        double total = 0, weight = 1;
        for (int step = 0; step < steps; step++)
        {
            int action = policy.Action(belief);
            total += weight * _model.Rewards(action)[state];
            weight *= _model.Discount;
            state = SampleRow(_model.Transitions(action), state, random);
            int observation = SampleRow(_model.ObservationModel(action), state, random);
            _updater.TryUpdate(belief, action, observation, next, out _);
            (belief, next) = (next, belief);
        }

        return total;
    }

    internal static int Sample(ReadOnlySpan<double> weights, Random random)
    {
        double left = random.NextDouble();
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                left -= weights[i];
                if (left < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    internal static int SampleRow(SparseMatrix matrix, int row, Random random) =>
        matrix.RowColumns(row)[Sample(matrix.RowValues(row), random)];
}
