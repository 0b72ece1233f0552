using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Reports the outcome of a response to the pipeline that gave it.</summary>
public static class OutcomeExtensions
{
    /// <summary>Reports the outcome of a response.</summary>
    /// <param name="client">A client with a pipeline that learns somewhere inside it.</param>
    /// <param name="response">A response of that client.</param>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Whether it was taken; false if the pipeline does not learn, or has forgotten the request.</returns>
    public static bool ReportOutcome(this IChatClient client, ChatResponse response, OutcomeReport outcome)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(outcome);
        return response.GetRoutingRecord() is { RequestId: { } id } && client.GetService<OnlineLearner>() is { } learner && learner.Report(id, outcome);
    }
}
