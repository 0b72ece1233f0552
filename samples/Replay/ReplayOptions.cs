namespace AutoMix.Replay;

/// <summary>How a <see cref="ReplayServer"/> listens and votes.</summary>
public sealed record ReplayOptions
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:0";

    /// <summary>Number of votes that one verification by votes is divided into.</summary>
    public int Samples { get; init; } = 8;

    /// <summary>Runs with the number of each completion before it is sent: for tests that stop a client midway.</summary>
    public Action<int>? OnCompletion { get; init; }
}
