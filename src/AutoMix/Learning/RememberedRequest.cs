namespace AutoMix;

/// <summary>The numbers that are kept of an answered request until its outcome is known. No text is kept.</summary>
internal abstract class RememberedRequest(string id, DateTimeOffset at)
{
    /// <summary>The id under which the outcome is reported.</summary>
    public string Id => id;

    /// <summary>The time of the answer.</summary>
    public DateTimeOffset At => at;

    /// <summary>The cost of an answer as learners over numbers see it.</summary>
    public static CascadeCost CostOf(RoutingAttempt attempt) =>
        new((double)attempt.Cost, (attempt.Usage?.InputTokenCount ?? 0) + (attempt.Usage?.OutputTokenCount ?? 0), attempt.Duration.TotalSeconds);
}
