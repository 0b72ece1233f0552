namespace AutoMix.Learning;

/// <summary>By how much drifts of one kind have aged the evidence, in half-lives, in all processes together.</summary>
/// <param name="step">What one drift adds.</param>
internal sealed class DriftJump(double step)
{
    // Sums of squares stay finite up to an age of 256 half-lives: what would be beyond is not aged by drifts any more.
    private const double Most = 240;

    // A drift that another process has noticed first is the same one where it is noticed here so soon.
    private const int Soon = 256;

    private int _heardFor;

    public double Value { get; private set; }

    /// <summary>Takes over what all processes together say.</summary>
    /// <param name="shared">Their jump.</param>
    /// <param name="isNews">False where this process begins: then nothing has been noticed meanwhile.</param>
    public void Follow(double shared, bool isNews)
    {
        if (shared > Value)
        {
            Value = shared;
            _heardFor = isNews ? Soon : 0;
        }
    }

    /// <summary>Counts a label or an answer.</summary>
    public void Tick() => _heardFor = Math.Max(0, _heardFor - 1);

    /// <summary>Adds a drift that was noticed here.</summary>
    /// <returns>What it adds for all; 0 where another process has added it, or where there is no room for more.</returns>
    public double Add()
    {
        double added = _heardFor == 0 && Value + step <= Most ? step : 0;
        Value += added;
        _heardFor = 0;
        return added;
    }
}
