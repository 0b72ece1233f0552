namespace AutoMix;

/// <summary>When a model that keeps failing is left alone.</summary>
/// <remarks>
/// Rate limits, overload, refused credentials, time limits, cut-off answers and unknown failures count; a bad request, a
/// content filter and a prompt that is too long do not, since they say nothing about the model. A Retry-After of the provider
/// opens the circuit at once and for that long.
/// </remarks>
public sealed class CircuitOptions
{
    /// <summary>Whether there are circuit breakers at all. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The share of failures within <see cref="SamplingDuration"/> that opens the circuit. Default: 0.5.</summary>
    [InRange("a number in (0, 1]", Min = 0, Max = 1, IsMinExcluded = true)]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>The least number of calls within <see cref="SamplingDuration"/> that can open the circuit, 2 or more. Default: 2.</summary>
    [InRange("2 or more", Min = 2)]
    public int MinimumThroughput { get; set; } = 2;

    /// <summary>The window in which calls are counted. Default: 30 seconds. Successes are counted while a failure is within the window.</summary>
    [InRange("at least half a second", Min = 0.5)]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the model is left alone before one call tries it again. Default: 15 seconds.</summary>
    [InRange("at least half a second", Min = 0.5)]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(15);
}
