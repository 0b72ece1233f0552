namespace AutoMix;

/// <summary>The way in which a pipeline that learns decides one request: by which plan, and whether all models are called on purpose.</summary>
/// <param name="routing">The plan of this request, whatever is learned meanwhile.</param>
/// <param name="requestId">The id under which the outcome can be reported.</param>
/// <param name="budget">The dollars reserved for exploring; null if the request is not explored.</param>
internal sealed class Exploration(CascadeRoutingPolicy routing, string requestId, BudgetReservation? budget)
{
    public CascadeRoutingPolicy Routing => routing;

    public string RequestId => requestId;

    public BudgetReservation? Budget => budget;

    /// <summary>Whether all models are called.</summary>
    public bool IsExplored => budget is not null;

    /// <summary>The dollars that the request had cost when the plan chose its answer; null before that.</summary>
    public decimal? CostOfChoice { get; private set; }

    /// <summary>The answer that the plan chose; null if it vouches for none.</summary>
    public RoutingAttempt? Choice { get; private set; }

    public void Choose(RoutingAttempt? attempt, decimal cost) => (Choice, CostOfChoice) = (attempt, cost);
}
