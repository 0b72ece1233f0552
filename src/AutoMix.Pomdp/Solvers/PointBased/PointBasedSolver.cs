namespace AutoMix.Pomdps;

/// <summary>PBVI: full backups at a set of beliefs that doubles whenever their values have settled (Pineau, Gordon and Thrun 2003).</summary>
public sealed class PointBasedSolver : IPomdpSolver
{
    /// <summary>Most beliefs.</summary>
    public int BeliefCount { get; init; } = 500;

    /// <inheritdoc/>
    public string Name => "pbvi";

    /// <inheritdoc/>
    /// <exception cref="PomdpException">The model has a finite horizon or, undiscounted, never ends.</exception>
    public PomdpSolution Solve(Pomdp model, SolverOptions? options = null, CancellationToken cancellationToken = default)
    {
        PointBasedRun run = new(model, Name, options, cancellationToken);
        List<double[]> beliefs = [model.Start.ToArray()];
        while (run.NextSweep(beliefs.Count))
        {
            double change = 0;
            HashSet<AlphaVector> next = [];
            foreach (double[] belief in beliefs)
            {
                if (run.Clock.IsOver)
                {
                    next.UnionWith(run.Policy.Vectors);
                    break;
                }

                int old = run.Policy.Best(belief, out double before);
                AlphaVector alpha = run.Backup.At(belief, run.Policy, out double value);
                next.Add(value > before ? alpha : run.Policy.Vectors[old]);
                change = Math.Max(change, value - before);
            }

            run.Policy = new AlphaVectorPolicy(next);
            if (run.IsSettled(change))
            {
                int known = beliefs.Count;
                BeliefSampler.Expand(model, beliefs, BeliefCount, run.Random, run.Clock);
                run.IsConverged = beliefs.Count == known;
            }
        }

        return run.Solution(beliefs.Count);
    }
}
