using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Reports what was learned about a response.</summary>
public static class OutcomeExtensions
{
    /// <summary>Reports an outcome of a response that this process has given. Later, or elsewhere, use <see cref="OnlineLearner.Report"/> with the record's request id.</summary>
    /// <param name="response">A response of a pipeline that learns.</param>
    /// <param name="outcome">What was learned about it.</param>
    /// <returns>Whether it was taken; false where the pipeline does not learn, or has forgotten the request.</returns>
    public static bool ReportOutcome(this ChatResponse response, OutcomeReport outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return response.GetRoutingRecord() is { RequestId: { } id, Learner: { } learner } && learner.Report(id, outcome);
    }
}
