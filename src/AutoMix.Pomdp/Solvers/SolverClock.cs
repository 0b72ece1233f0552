namespace AutoMix.Pomdps;

/// <summary>Knows when a search has to end, and keeps the record of its bounds.</summary>
internal sealed class SolverClock
{
    private readonly SolverOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly long _start;
    private readonly List<SolverProgress> _history = [];
    private double _nextReport = 0.005;

    public SolverClock(SolverOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Precision);
        _options = options;
        _cancellationToken = cancellationToken;
        _start = options.TimeProvider.GetTimestamp();
    }

    public IReadOnlyList<SolverProgress> History => _history;

    public TimeSpan Elapsed => _options.TimeProvider.GetElapsedTime(_start);

    public bool IsOver => _cancellationToken.IsCancellationRequested || (_options.TimeLimit is TimeSpan limit && Elapsed >= limit);

    /// <summary>True when the given share of the time limit has passed.</summary>
    public bool IsPast(double share) => _cancellationToken.IsCancellationRequested || (_options.TimeLimit is TimeSpan limit && Elapsed >= limit * share);

    /// <summary>Reports about forty times for each factor of ten in time, and always when <paramref name="final"/>.</summary>
    public void Report(double lower, double upper, int vectors, int beliefs, bool final = false)
    {
        TimeSpan elapsed = Elapsed;
        if (!final && elapsed.TotalSeconds < _nextReport)
        {
            return;
        }

        _nextReport = Math.Max(_nextReport, elapsed.TotalSeconds) * 1.06;
        SolverProgress progress = new(elapsed, lower, upper, vectors, beliefs);
        _history.Add(progress);
        _options.Progress?.Report(progress);
    }
}
