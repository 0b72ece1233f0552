namespace AutoMix.Samples;

/// <summary>
/// A policy of one's own: tickets of paying customers are verified and escalated when in doubt, everybody else gets the small model's
/// answer, and whoever writes of a lawyer gets the large model at once.
/// </summary>
internal sealed class TicketPolicy : IRoutingPolicy
{
    private const double Enough = 0.7;

    public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) => new(Decide(context));

    private static RoutingDecision Decide(RoutingView context)
    {
        if (context.Attempts.Count == 0)
        {
            bool serious = context.Question.Contains("lawyer", StringComparison.OrdinalIgnoreCase);
            return serious && context.CanCall(1) ? RoutingDecision.Call(1, final: true, reason: "a serious ticket")
                : context.CanCall(0) ? RoutingDecision.Call(0, reason: "the small model first")
                : LargeOr(context, "the small model cannot be called", RoutingDecision.Abstain("no model can be called"));
        }

        RoutingAttempt last = context.Attempts[^1];
        if (!last.IsUsable)
        {
            return LargeOr(context, "the small model gave no answer", RoutingDecision.Abstain("no model is left"));
        }

        bool paying = context.Options?.AdditionalProperties?.TryGetValue(RequestTags.Tenant, out object? tenant) == true && tenant is "paying";
        if (!paying || last.Model != 0)
        {
            return RoutingDecision.Accept(last, reason: paying ? "the large model's answer" : "good enough for a free ticket");
        }

        return last.Confidence switch
        {
            null when last.CanVerify => RoutingDecision.Verify(last, reason: "a paying customer's ticket"),
            >= Enough => RoutingDecision.Accept(last, reason: "verified"),
            _ => LargeOr(context, "the small model's answer is in doubt", RoutingDecision.Accept(last, reason: "in doubt, and there is no other")),
        };
    }

    private static RoutingDecision LargeOr(RoutingView context, string reason, RoutingDecision otherwise) =>
        context.CanCall(1) ? RoutingDecision.Call(1, final: true, reason: reason) : otherwise;
}
