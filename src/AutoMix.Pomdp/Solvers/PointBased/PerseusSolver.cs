namespace AutoMix.Pomdps;

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
        PointBasedRun run = new(model, Name, options, cancellationToken);
        List<double[]> beliefs = BeliefSampler.Walk(model, BeliefCount, run.Random, run.Clock);
        double[] values = [.. beliefs.Select(b => run.Policy.Value(b))];
        while (run.NextSweep(beliefs.Count))
        {
            List<AlphaVector> next = [];
            double[] nextValues = new double[values.Length];
            Array.Fill(nextValues, double.NegativeInfinity);
            List<int> left = [.. Enumerable.Range(0, beliefs.Count)];
            while (left.Count > 0 && !run.Clock.IsOver)
            {
                int chosen = left[run.Random.Next(left.Count)];
                AlphaVector alpha = run.Backup.At(beliefs[chosen], run.Policy, out double value);
                if (value < values[chosen])
                {
                    alpha = run.Policy.Vectors[run.Policy.Best(beliefs[chosen], out _)];
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
                run.Policy = new AlphaVectorPolicy([.. next, .. run.Policy.Vectors]);
                break;
            }

            run.IsConverged = run.IsSettled(Enumerable.Range(0, values.Length).Max(i => nextValues[i] - values[i]));
            run.Policy = new AlphaVectorPolicy(next);
            values = nextValues;
        }

        return run.Solution(beliefs.Count);
    }
}
