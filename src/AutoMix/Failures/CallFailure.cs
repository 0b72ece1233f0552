namespace AutoMix;

/// <summary>One failed call, for deciding how to react.</summary>
public sealed class CallFailure
{
    internal CallFailure(string model, FailureKind kind) => (Model, Kind) = (model, kind);

    /// <summary>The name of the model.</summary>
    public string Model { get; }

    /// <summary>The class of the failure.</summary>
    public FailureKind Kind { get; }

    /// <summary>The exception, if there was one.</summary>
    public Exception? Exception { get; internal init; }

    /// <summary>How long the provider asked to wait; null if it did not say.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>How many calls to this model have failed in this request, this one included.</summary>
    public int FailuresOfModel { get; internal init; } = 1;
}
