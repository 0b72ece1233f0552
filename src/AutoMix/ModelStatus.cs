namespace AutoMix;

/// <summary>Whether a model of a pipeline is asked at present.</summary>
public sealed record ModelStatus
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>How long it is still left alone because it kept failing; null where it is asked.</summary>
    public TimeSpan? OpenFor { get; init; }
}
