namespace AutoMix.Pomdps;

/// <summary>What the solvers that back up at sampled beliefs have in common: where they start, when they stop, what they return.</summary>
internal sealed class PointBasedRun
{
    private readonly Pomdp _model;
    private readonly SolverOptions _options;
    private int _sweep;

    public PointBasedRun(Pomdp model, string solver, SolverOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        FiniteHorizon.Refuse(model, solver);
        _model = model;
        _options = options ?? new SolverOptions();
        Clock = new(_options, cancellationToken);
        Random = new(_options.Seed);
        Backup = new(model);
        Policy = new(MdpBounds.BlindPolicies(model, _options.Precision / 10).Select(p => new AlphaVector(p.Action, p.Values)));
    }

    public SolverClock Clock { get; }

    public Random Random { get; }

    public FlatBackup Backup { get; }

    /// <summary>The best so far; at first that of always doing the same.</summary>
    public AlphaVectorPolicy Policy { get; set; }

    public bool IsConverged { get; set; }

    /// <summary>Whether another sweep is to be made; reports what the last one gave.</summary>
    public bool NextSweep(int beliefs)
    {
        if (_sweep++ >= (_options.MaxIterations ?? int.MaxValue) || IsConverged || Clock.IsOver)
        {
            return false;
        }

        Clock.Report(Policy.Value(_model.Start), double.PositiveInfinity, Policy.Vectors.Count, beliefs);
        return true;
    }

    /// <summary>Whether a sweep that changed no value by more than this was the last that is worth making.</summary>
    public bool IsSettled(double change) => change < _options.Precision * (1 - Math.Min(_model.Discount, 0.999));

    public PomdpSolution Solution(int beliefs)
    {
        double lower = Policy.Value(_model.Start);
        Clock.Report(lower, double.PositiveInfinity, Policy.Vectors.Count, beliefs, final: true);
        return new PomdpSolution(Policy, lower, double.PositiveInfinity, Policy.Vectors.Count, Clock.Elapsed, IsConverged, Clock.History);
    }
}
