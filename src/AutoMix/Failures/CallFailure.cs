namespace AutoMix;

/// <summary>One failed call, for deciding how to react.</summary>
public sealed record CallFailure
{
    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The class of the failure.</summary>
    public required FailureKind Kind { get; init; }

    /// <summary>The exception, if there was one.</summary>
    public Exception? Exception { get; init; }

    /// <summary>How long the provider asked to wait; null if it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How many calls to this model have failed in this request, this one included.</summary>
    public int FailuresOfModel { get; init; } = 1;
}
