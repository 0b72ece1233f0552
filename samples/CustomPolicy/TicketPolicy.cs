namespace AutoMix.Samples;

/// <summary>
/// A policy of one's own: tickets of paying customers are verified and escalated when in doubt, everybody else gets the small model's
/// answer, and whoever writes of a lawyer gets the large model at once.
/// </summary>
internal sealed class TicketPolicy : IRoutingPolicy
{
    private const double Enough = 0.7;

    public ValueTask<RoutingDecision> DecideAsync(RoutingState state, CancellationToken cancellationToken) => new(Decide(state));

    private static RoutingDecision Decide(RoutingState state)
    {
        if (state.Attempts.Count == 0)
        {
            bool serious = state.Question.Contains("lawyer", StringComparison.OrdinalIgnoreCase);
            return serious && state.CanCall(1) ? RoutingDecision.Call(1, final: true, reason: "a serious ticket")
                : state.CanCall(0) ? RoutingDecision.Call(0, reason: "the small model first")
                : LargeOr(state, "the small model cannot be called", RoutingDecision.Abstain("no model can be called"));
        }

        RoutingAttempt last = state.Attempts[^1];
        if (!last.IsUsable)
        {
            return LargeOr(state, "the small model gave no answer", RoutingDecision.Abstain("no model is left"));
        }

        bool paying = state.Options?.AdditionalProperties?.TryGetValue(RequestTags.Tenant, out object? tenant) == true && tenant is "paying";
        if (!paying || last.Model != 0)
        {
            return RoutingDecision.Accept(last, reason: paying ? "the large model's answer" : "good enough for a free ticket");
        }

        return last.Confidence switch
        {
            null when last.CanVerify => RoutingDecision.Verify(last, reason: "a paying customer's ticket"),
            >= Enough => RoutingDecision.Accept(last, reason: "verified"),
            _ => LargeOr(state, "the small model's answer is in doubt", RoutingDecision.Accept(last, reason: "in doubt, and there is no other")),
        };
    }

    private static RoutingDecision LargeOr(RoutingState state, string reason, RoutingDecision otherwise) =>
        state.CanCall(1) ? RoutingDecision.Call(1, final: true, reason: reason) : otherwise;
}
