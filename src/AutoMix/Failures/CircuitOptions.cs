using System.ComponentModel.DataAnnotations;

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
    [Range(0.0, 1.0, MinimumIsExclusive = true, ErrorMessage = "{0} must be a number in (0, 1].")]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>The least number of calls within <see cref="SamplingDuration"/> that can open the circuit, 2 or more. Default: 2.</summary>
    [Range(2, int.MaxValue, ErrorMessage = "{0} must be 2 or more.")]
    public int MinimumThroughput { get; set; } = 2;

    /// <summary>The window in which calls are counted. Default: 30 seconds. Successes are counted while a failure is within the window.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "10675199.00:00:00", ErrorMessage = "{0} must be at least half a second.")]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the model is left alone before one call tries it again. Default: 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "10675199.00:00:00", ErrorMessage = "{0} must be at least half a second.")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(15);
}
