namespace AutoMix;

/// <summary>The judgement on the result of one call.</summary>
internal sealed record Judgement
{
    public required AttemptStatus Status { get; init; }

    public AnswerKind Kind { get; init; }

    /// <summary>The reason why the answer is rejected, unusable or empty.</summary>
    public string? Rejection { get; init; }

    /// <summary>The class of the failure; null if the call answered.</summary>
    public FailureKind? Failure { get; init; }

    public Exception? Error { get; init; }

    /// <summary>The verdicts of the built-in checks.</summary>
    public IReadOnlyList<VerdictRecord> Verdicts { get; init; } = [];

    /// <summary>The name of a tool that the model called although it may not; null if there is none.</summary>
    public string? ForbiddenTool { get; init; }

    public static Judgement Failed(FailureKind failure, Exception? error, string? rejection = null, IReadOnlyList<VerdictRecord>? verdicts = null) => new()
    {
        Status = failure == FailureKind.Cancelled ? AttemptStatus.Cancelled : AttemptStatus.Failed,
        Failure = failure,
        Error = error,
        Rejection = rejection,
        Verdicts = verdicts ?? [],
    };
}
