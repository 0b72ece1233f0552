namespace AutoMix.Pomdps;

/// <summary>The fast informed bound: like QMDP, but the next action must be the same for all states that look alike after one observation (Hauskrecht 2000).</summary>
public sealed class FastInformedBoundSolver : IPomdpSolver
{
    /// <inheritdoc/>
    public string Name => "fib";

    /// <inheritdoc/>
    /// <exception cref="PomdpException">The model has a finite horizon or, undiscounted, never ends.</exception>
    public PomdpSolution Solve(Pomdp model, SolverOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        FiniteHorizon.Refuse(model, Name);
        options ??= new SolverOptions();
        SolverClock clock = new(options, cancellationToken);
        double[][] mdp = MdpBounds.SolveMdp(model, options.Precision / 10, () => clock.IsPast(0.5));
        return QmdpSolver.FromActionValues(model, MdpBounds.FastInformed(model, mdp, options.Precision / 10, () => clock.IsOver), clock);
    }
}
