namespace AutoMix;

/// <summary>
/// The names of spans, events, metrics and tags. None of them is under gen_ai.usage: the tokens of the calls are reported by the
/// telemetry of the models' own clients, and counting them again here would double every sum.
/// </summary>
public static class TelemetryNames
{
    /// <summary>The name of the ActivitySource and of the Meter.</summary>
    public const string Source = "AutoMix";

    internal const string Request = "automix.request";
    internal const string Decision = "automix.decision";
    internal const string AttemptEvent = "automix.attempt";
    internal const string VerdictEvent = "automix.verdict";
    internal const string Requests = "automix.requests";
    internal const string RequestDuration = "automix.request.duration";
    internal const string Answers = "automix.answers";
    internal const string AttemptDuration = "automix.attempt.duration";
    internal const string Cost = "automix.cost";
    internal const string CostSaved = "automix.cost.saved";
    internal const string Escalations = "automix.escalations";
    internal const string Confidence = "automix.verifier.confidence";
    internal const string Auroc = "automix.verifier.auroc";
    internal const string UnknownVerdicts = "automix.verifier.unknown";

    internal const string EmbeddingEvent = "automix.embedding";
    internal const string EmbeddingDuration = "automix.embedding.duration";
    internal const string EmbeddingTokens = "automix.embedding.tokens";

    internal const string ErrorType = "error.type";
    internal const string Action = "automix.action";
    internal const string Model = "automix.model";
    internal const string Final = "automix.final";
    internal const string Reason = "automix.reason";
    internal const string Status = "automix.status";
    internal const string Failure = "automix.failure";
    internal const string Purpose = "automix.purpose";
    internal const string CostTag = "automix.cost";
    internal const string CostIncomplete = "automix.cost.incomplete";
    internal const string Verifier = "automix.verifier";
    internal const string ConfidenceTag = "automix.confidence";
    internal const string Outcome = "automix.outcome";
    internal const string Policy = "automix.policy";
    internal const string Calibrated = "automix.calibrated";
    internal const string Accepted = "automix.accepted";
    internal const string Calls = "automix.calls";
    internal const string Question = "automix.question";
    internal const string Answer = "automix.answer";
}
