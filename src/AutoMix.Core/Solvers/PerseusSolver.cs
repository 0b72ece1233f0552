using AutoMix.Pomdps;

namespace AutoMix.Solvers;

/// <summary>Perseus: randomised point-based value iteration, which improves all sampled beliefs while backing up only some (Spaan and Vlassis 2005).</summary>
public sealed class PerseusSolver : IPomdpSolver
{
    /// <summary>Beliefs to sample.</summary>
    public int BeliefCount { get; init; } = 1000;

    /// <inheritdoc/>
    public string Name => "perseus";

    /// <inheritdoc/>
    /// <exception cref="PomdpException">The model has a finite horizon or, undiscounted, never ends.</exception>
    public PomdpSolution Solve(Pomdp model, SolverOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        FiniteHorizon.Refuse(model, Name);
        options ??= new SolverOptions();
        SolverClock clock = new(options, cancellationToken);
        Random random = new(options.Seed);
        FlatBackup backup = new(model);
        List<double[]> beliefs = BeliefSampler.Walk(model, BeliefCount, random, clock);
        AlphaVectorPolicy policy = new(MdpBounds.BlindPolicies(model, options.Precision / 10).Select(p => new AlphaVector(p.Action, p.Values)));
        double[] values = [.. beliefs.Select(b => policy.Value(b))];
        bool isConverged = false;
        int sweeps = options.MaxIterations ?? int.MaxValue;
        for (int sweep = 0; sweep < sweeps && !isConverged && !clock.IsOver; sweep++)
        {
            clock.Report(policy.Value(model.Start), double.PositiveInfinity, policy.Vectors.Count, beliefs.Count);
            List<AlphaVector> next = [];
            double[] nextValues = new double[values.Length];
            Array.Fill(nextValues, double.NegativeInfinity);
            List<int> left = [.. Enumerable.Range(0, beliefs.Count)];
            while (left.Count > 0 && !clock.IsOver)
            {
                int chosen = left[random.Next(left.Count)];
                AlphaVector alpha = backup.At(beliefs[chosen], policy, out double value);
                if (value < values[chosen])
                {
                    alpha = policy.Vectors[policy.Best(beliefs[chosen], out _)];
                }

                next.Add(alpha);
                for (int i = 0; i < beliefs.Count; i++)
                {
                    nextValues[i] = Math.Max(nextValues[i], System.Numerics.Tensors.TensorPrimitives.Dot<double>(beliefs[i], alpha.Values));
                }

                left.RemoveAll(i => nextValues[i] >= values[i] - 1e-12);
            }

            if (left.Count > 0)
            {
                // Interrupted: what was there before still belongs to the best so far.
                policy = new AlphaVectorPolicy([.. next, .. policy.Vectors]);
                break;
            }

            double change = Enumerable.Range(0, values.Length).Max(i => nextValues[i] - values[i]);
            isConverged = change < options.Precision * (1 - Math.Min(model.Discount, 0.999));
            policy = new AlphaVectorPolicy(next);
            values = nextValues;
        }

        double lower = policy.Value(model.Start);
        clock.Report(lower, double.PositiveInfinity, policy.Vectors.Count, beliefs.Count, final: true);
        return new PomdpSolution(policy, lower, double.PositiveInfinity, policy.Vectors.Count, clock.Elapsed, isConverged, clock.History);
    }
}
