using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>The log messages. None holds text of a request or an answer.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Decided {Action} {Model} (final: {Final}): {Reason}")]
    public static partial void Decided(ILogger logger, CascadeActionKind action, string? model, bool final, string? reason);

    [LoggerMessage(2, LogLevel.Debug, "{Outcome}: answered by {Model} for {Cost} dollars (complete: {IsComplete}) after {Calls} calls. {Reason}")]
    public static partial void Ended(ILogger logger, Enum outcome, string? model, decimal cost, bool isComplete, int calls, string? reason);

    [LoggerMessage(3, LogLevel.Warning, "A call to {Model} failed ({Kind}, {Error}); reaction: {Reaction}")]
    public static partial void CallFailed(ILogger logger, string model, Enum kind, Enum reaction, string? error);

    [LoggerMessage(4, LogLevel.Error, "The policy {Policy} failed; the best answer so far is used")]
    public static partial void PolicyFailed(ILogger logger, string policy, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "The policy {Policy} decided something impossible; the best answer so far is used. {Why}")]
    public static partial void PolicyImpossible(ILogger logger, string policy, string why);

    [LoggerMessage(6, LogLevel.Warning, "The verifier {Verifier} failed with {Error}; its verdict is unknown")]
    public static partial void VerifierFailed(ILogger logger, string verifier, string error);

    [LoggerMessage(7, LogLevel.Warning, "The verifier {Verifier} said nothing usable about an answer of {Model}: {Reason}")]
    public static partial void UnknownVerdict(ILogger logger, string verifier, string model, string? reason);

    [LoggerMessage(8, LogLevel.Warning, "The verifier {Verifier} always says the same about answers of {Model}; an uncalibrated policy no longer pays for it")]
    public static partial void Uninformative(ILogger logger, string verifier, string model);

    [LoggerMessage(9, LogLevel.Error, "The budget ledger failed")]
    public static partial void LedgerFailed(ILogger logger, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "A callback of the application's about a failed call has failed itself; the pipeline's own rule is used")]
    public static partial void CallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Warning, "The verifier {Verifier} has said nothing usable about the last answers of {Model}; an uncalibrated policy no longer pays for it")]
    public static partial void Silent(ILogger logger, string verifier, string model);

    [LoggerMessage(12, LogLevel.Warning, "By {Count} outcomes the verifier {Verifier} does not tell right answers of {Model} from wrong ones: AUROC {Auroc} [{Low}, {High}]")]
    public static partial void NotInformative(ILogger logger, string verifier, string model, double auroc, double low, double high, double count);

    [LoggerMessage(13, LogLevel.Warning, "Verification has cost {Paid} dollars so far, and answers of {Model} to the same requests about {Instead}: take fewer votes or a cheaper verifier, or train a plan, which verifies only where it pays")]
    public static partial void VerificationIsExpensive(ILogger logger, decimal paid, decimal instead, string model);

    [LoggerMessage(20, LogLevel.Warning, "The judge {Model} grades its own answers; models prefer their own, so another judge would be better")]
    public static partial void SelfPreference(ILogger logger, string model);

    [LoggerMessage(21, LogLevel.Warning, "The confidences of {Signal} have drifted: mean {Before} before, {Now} now")]
    public static partial void Drift(ILogger logger, string signal, double before, double now);

    [LoggerMessage(22, LogLevel.Warning, "A pass of the learner failed; the plan at hand stays")]
    public static partial void LearningFailed(ILogger logger, Exception exception);

    [LoggerMessage(23, LogLevel.Information, "The plan {Name} is replaced by version {Version}")]
    public static partial void PlanReplaced(ILogger logger, string name, long version);

    [LoggerMessage(24, LogLevel.Warning, "The circuit store failed; this process goes on with its own circuits")]
    public static partial void CircuitStoreFailed(ILogger logger, Exception exception);
}
