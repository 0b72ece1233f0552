namespace AutoMix;

/// <summary>The settings of a pipeline that concern the execution of a request, whichever policy decides.</summary>
public abstract class ExecutionOptions
{
    private protected ExecutionOptions()
    {
    }

    /// <summary>The most calls that answer one request, failed ones included. Default: 10.</summary>
    [InRange("1 or more", Min = 1)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The most paid verifications of one request. Default: 10.</summary>
    [InRange("0 or more", Min = 0)]
    public int MaxVerifications { get; set; } = 10;

    /// <summary>The longest one call may take, up to 49 days; null or <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Default: 100 seconds.</summary>
    public TimeSpan? AttemptTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// The longest one request may take, all calls together, up to 49 days; null or <see cref="Timeout.InfiniteTimeSpan"/> for no
    /// limit. Default: 5 minutes.
    /// </summary>
    public TimeSpan? Deadline { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Ask the next model too when a model has not answered within this time, and take the first usable answer; null for never.
    /// Default: null. Both calls are paid for.
    /// </summary>
    [InRange("a time of at least 0 and at most 49 days, or null for no hedging", Min = 0, Max = 4233600)]
    public TimeSpan? HedgeAfter { get; set; }

    /// <summary>The reactions to failures, by class. A class that is not listed fails over.</summary>
    public IDictionary<FailureKind, FailureReaction> Failures { get; } = new Dictionary<FailureKind, FailureReaction>();

    /// <summary>What happens when the policy abstains. Default: the best answer so far is returned, marked.</summary>
    public AbstainAction OnAbstain { get; set; }

    /// <summary>
    /// Within one tool loop, stay with the model that made the tool call, as long as it is available. Default: false.
    /// </summary>
    public bool StickyToolLoop { get; set; }

    /// <summary>
    /// Stream answers before it is decided whether they are accepted, followed by a <see cref="SupersededUpdate"/> if they are
    /// not. Only for user interfaces that take text back. Default: false.
    /// </summary>
    public bool StreamDrafts { get; set; }

    /// <summary>
    /// Put messages and answers into telemetry. Default: the value of OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, as for
    /// <c>OpenTelemetryChatClient</c>.
    /// </summary>
    public bool EnableSensitiveData { get; set; } =
        string.Equals(Environment.GetEnvironmentVariable("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"), "true", StringComparison.OrdinalIgnoreCase);
}
