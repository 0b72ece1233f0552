using AutoMix.Pomdps;

namespace AutoMix.Solvers;

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
        ArgumentNullException.ThrowIfNull(model);
        FiniteHorizon.Refuse(model, Name);
        options ??= new SolverOptions();
        SolverClock clock = new(options, cancellationToken);
        Random random = new(options.Seed);
        FlatBackup backup = new(model);
        List<double[]> beliefs = [model.Start.ToArray()];
        AlphaVectorPolicy policy = new(MdpBounds.BlindPolicies(model, options.Precision / 10).Select(p => new AlphaVector(p.Action, p.Values)));
        bool isConverged = false;
        int sweeps = options.MaxIterations ?? int.MaxValue;
        for (int sweep = 0; sweep < sweeps && !isConverged && !clock.IsOver; sweep++)
        {
            clock.Report(policy.Value(model.Start), double.PositiveInfinity, policy.Vectors.Count, beliefs.Count);
            double change = 0;
            HashSet<AlphaVector> next = [];
            foreach (double[] belief in beliefs)
            {
                if (clock.IsOver)
                {
                    next.UnionWith(policy.Vectors);
                    break;
                }

                int old = policy.Best(belief, out double before);
                AlphaVector alpha = backup.At(belief, policy, out double value);
                next.Add(value > before ? alpha : policy.Vectors[old]);
                change = Math.Max(change, value - before);
            }

            policy = new AlphaVectorPolicy(next);
            if (change < options.Precision * (1 - Math.Min(model.Discount, 0.999)))
            {
                int known = beliefs.Count;
                BeliefSampler.Expand(model, beliefs, BeliefCount, random, clock);
                isConverged = beliefs.Count == known;
            }
        }

        double lower = policy.Value(model.Start);
        clock.Report(lower, double.PositiveInfinity, policy.Vectors.Count, beliefs.Count, final: true);
        return new PomdpSolution(policy, lower, double.PositiveInfinity, policy.Vectors.Count, clock.Elapsed, isConverged, clock.History);
    }
}
