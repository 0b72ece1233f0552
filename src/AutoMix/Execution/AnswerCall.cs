namespace AutoMix;

/// <summary>One call that answers: the attempt that it fills, the paid call, and the tools that run inside it.</summary>
/// <param name="Attempt">The attempt, which is filled when the call has ended.</param>
/// <param name="Call">The call.</param>
/// <param name="ToolRuns">The tools that a loop inside the model's client has run; null if none are offered.</param>
/// <param name="Reason">The policy's reason for the call.</param>
internal sealed record AnswerCall(RoutingAttempt Attempt, PaidCall Call, List<ToolRun>? ToolRuns, string? Reason);
