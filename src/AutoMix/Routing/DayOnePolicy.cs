using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// The policy of the first day, without any data. An answer that passes the free checks is verified. It is accepted if the confidence
/// reaches the threshold; otherwise the next model is asked. The last model's answer is accepted.
/// </summary>
internal sealed class DayOnePolicy(double threshold, UnknownVerdictAction unknown) : IRoutingPolicy
{
    public string Name => "threshold-uncalibrated";

    public double? AcceptThreshold => threshold;

    public string Fingerprint { get; } = FormattableString.Invariant($"threshold-uncalibrated:{threshold}:{unknown}");

    public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) => new(Decide(context));

    private RoutingDecision Decide(RoutingView context)
    {
        int next = NextModel(context);
        RoutingAttempt? last = context.Last;
        if (last is { Status: AttemptStatus.Answered })
        {
            if (last.Kind == AnswerKind.ToolCall)
            {
                return RoutingDecision.Accept(last, "a tool call is not verified");
            }

            if (last.Confidence < threshold && next >= 0)
            {
                return Call(context, next, "the confidence is below the threshold");
            }

            if (next < 0)
            {
                return last.Confidence < threshold && context.Models.Count > 1
                    ? RoutingDecision.Abstain("no answer reached the threshold")
                    : RoutingDecision.Accept(last, "there is no other model");
            }

            if (last.CanVerify)
            {
                return RoutingDecision.Verify(last);
            }

            if (last.Confidence is not null)
            {
                return RoutingDecision.Accept(last, "the confidence reaches the threshold");
            }

            bool isUnknown = last.Verdicts.Any(verdict => verdict.Kind == VerdictKind.Unknown);
            return !isUnknown || unknown == UnknownVerdictAction.Accept
                ? RoutingDecision.Accept(last, isUnknown ? "unknown is accepted" : "nothing speaks against it, and nothing can be verified")
                : Call(context, next, "the verdict is unknown");
        }

        return next >= 0 ? Call(context, next, null) : RoutingDecision.Abstain("no model is left");
    }

    private static int NextModel(RoutingView context)
    {
        for (int model = 0; model < context.Models.Count; model++)
        {
            if (context.CanCall(model) && context.AnswerOf(model) is null)
            {
                return model;
            }
        }

        return -1;
    }

    // The last model's answer is accepted unseen, so that it may stream. If a format was asked for, an earlier answer that follows
    // the format is better than a last answer that does not.
    private static RoutingDecision Call(RoutingView context, int model, string? reason)
    {
        bool final = context.Options?.ResponseFormat is not ChatResponseFormatJson;
        for (int other = 0; other < context.Models.Count && final; other++)
        {
            final = other == model || !context.CanCall(other) || context.AnswerOf(other) is not null;
        }

        return RoutingDecision.Call(model, final, reason);
    }
}
