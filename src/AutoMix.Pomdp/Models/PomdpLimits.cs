namespace AutoMix.Pomdps;

/// <summary>How large a model may become: a file of a few bytes can ask for any amount of memory.</summary>
public sealed class PomdpLimits
{
    /// <summary>Most states times actions; 4 million unless told.</summary>
    public int MaxStateActions { get; init; } = 4_000_000;

    /// <summary>Most observations; 1 million unless told.</summary>
    public int MaxObservations { get; init; } = 1_000_000;

    /// <summary>Most probabilities and rewards written or expanded from wildcards and keywords; 50 million unless told.</summary>
    public long MaxEntries { get; init; } = 50_000_000;

    /// <summary>Most characters of a file after decompression; 1 billion unless told.</summary>
    public long MaxCharacters { get; init; } = 1_000_000_000;

    /// <summary>The limits that hold unless told.</summary>
    public static PomdpLimits Default { get; } = new();
}
