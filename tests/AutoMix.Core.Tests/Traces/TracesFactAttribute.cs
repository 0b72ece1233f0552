namespace AutoMix;

/// <summary>A fact about recorded traces; skipped, by name, where the folder of traces is missing.</summary>
public sealed class TracesFactAttribute : FactAttribute
{
    public TracesFactAttribute()
    {
        if (RecordedTraces.Folder is null)
        {
            Skip = RecordedTraces.WhySkipped;
        }
    }
}
