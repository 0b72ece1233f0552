using AutoMix.Policies;

namespace AutoMix.Feedback;

/// <summary>Where what was learned about answered requests goes: grades from users, from checks that run later, from labellers.</summary>
/// <remarks>Used concurrently.</remarks>
public interface IFeedbackSink
{
    /// <summary>Reports an outcome.</summary>
    /// <param name="outcome">What was learned about one request.</param>
    /// <param name="cancellationToken">Cancels the report.</param>
    ValueTask ReportAsync(PolicyOutcome outcome, CancellationToken cancellationToken = default);
}
