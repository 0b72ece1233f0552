namespace AutoMix;

/// <summary>How one request of a pipeline that learns is decided: by which plan, and whether all models are called on purpose.</summary>
/// <param name="Routing">The plan of this request, whatever is learned meanwhile.</param>
/// <param name="RequestId">The request's id for outcomes.</param>
/// <param name="Budget">What exploring may cost, where all models are called on purpose; null where they are not.</param>
internal sealed record Exploration(CascadeRoutingPolicy Routing, string RequestId, BudgetReservation? Budget)
{
    /// <summary>Whether all models are called.</summary>
    public bool IsExplored => Budget is not null;
}
