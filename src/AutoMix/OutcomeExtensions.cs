using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Reports the outcomes of answers to the pipeline that gave them.</summary>
/// <remarks>
/// A report teaches the policy, if it learns, and the trust in verifiers, if the pipeline has <see cref="VerifierOutcomes"/>. It may come
/// at once or hours later, and from any thread.
/// </remarks>
public static class OutcomeExtensions
{
    /// <summary>Reports the outcome of a response.</summary>
    /// <param name="client">A client with a pipeline inside it.</param>
    /// <param name="response">A response of that client.</param>
    /// <param name="outcome">The outcome.</param>
    /// <returns>Whether the policy took it; false if it does not learn, or has forgotten the request.</returns>
    /// <exception cref="ArgumentException">A number is out of range, or there is no such model.</exception>
    public static bool ReportOutcome(this IChatClient client, ChatResponse response, OutcomeReport outcome) =>
        response.GetRoutingRecord() is { } record && client.ReportOutcome(record, outcome);

    /// <summary>Reports the outcome of a request by its record, which may have been stored meanwhile.</summary>
    /// <inheritdoc cref="ReportOutcome(IChatClient, ChatResponse, OutcomeReport)"/>
    /// <param name="client">A client with a pipeline inside it.</param>
    /// <param name="record">The record of the request.</param>
    /// <param name="outcome">The outcome.</param>
    public static bool ReportOutcome(this IChatClient client, RoutingRecord record, OutcomeReport outcome)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(outcome);
        outcome.Check();
        return client.GetService<AutoMixChatClient>() is { } pipeline && pipeline.Report(record, outcome);
    }

    /// <summary>Reports the outcome of a request by its id (<see cref="RoutingRecord.RequestId"/>) to a policy that learns. Trust in verifiers needs the record.</summary>
    /// <inheritdoc cref="ReportOutcome(IChatClient, ChatResponse, OutcomeReport)"/>
    /// <param name="client">A client with a pipeline inside it.</param>
    /// <param name="requestId">The id of the request.</param>
    /// <param name="outcome">The outcome.</param>
    public static bool ReportOutcome(this IChatClient client, string requestId, OutcomeReport outcome)
    {
        ArgumentException.ThrowIfNullOrEmpty(requestId);
        return client.ReportOutcome(new RoutingRecord { RequestId = requestId }, outcome);
    }
}
