namespace AutoMix.Pomdps;

/// <summary>QMDP: acts as if the state became known after the next step. Fast, an upper bound, never gathers information (Littman et al. 1995).</summary>
public sealed class QmdpSolver : IPomdpSolver
{
    /// <inheritdoc/>
    public string Name => "qmdp";

    /// <inheritdoc/>
    /// <exception cref="PomdpException">The model has a finite horizon or, undiscounted, never ends.</exception>
    public PomdpSolution Solve(Pomdp model, SolverOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        FiniteHorizon.Refuse(model, Name);
        options ??= new SolverOptions();
        SolverClock clock = new(options, cancellationToken);
        return FromActionValues(model, MdpBounds.SolveMdp(model, options.Precision / 10, () => clock.IsOver), clock);
    }

    internal static PomdpSolution FromActionValues(Pomdp model, double[][] values, SolverClock clock)
    {
        AlphaVectorPolicy policy = new(values.Select((v, a) => new AlphaVector(a, v)));
        double upper = policy.Value(model.Start);
        clock.Report(double.NegativeInfinity, upper, values.Length, 1, final: true);
        return new PomdpSolution(policy, double.NegativeInfinity, upper, values.Length, clock.Elapsed, isConverged: !clock.IsOver, clock.History);
    }
}
