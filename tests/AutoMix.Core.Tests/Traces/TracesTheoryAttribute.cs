namespace AutoMix;

/// <summary>A theory about recorded traces; skipped, by name, where the folder of traces is missing.</summary>
public sealed class TracesTheoryAttribute : TheoryAttribute
{
    public TracesTheoryAttribute()
    {
        if (RecordedTraces.Folder is null)
        {
            Skip = RecordedTraces.WhySkipped;
        }
    }
}
