namespace AutoMix.Learning;

/// <summary>What a <see cref="PlanLearner"/> has made of the evidence.</summary>
public sealed record PlanProposal
{
    /// <summary>The new plan; null where none could be made.</summary>
    public CascadePlan? Plan { get; init; }

    /// <summary>Whether the new plan is better than the one at hand, with confidence.</summary>
    public bool IsBetter { get; init; }

    /// <summary>Why it is to be used or not.</summary>
    public required string Reason { get; init; }

    /// <summary>The effective number of labelled requests behind it (Kish, 1965).</summary>
    public double Labels { get; init; }

    /// <summary>
    /// How much more a request is worth under the new plan than under the one at hand, on held-out requests: quality less what its
    /// dollars are worth under the goal.
    /// </summary>
    public double Gain { get; init; }

    /// <summary>The standard error of <see cref="Gain"/>.</summary>
    public double GainError { get; init; }

    internal static PlanProposal None(double labels, string reason) => new() { Labels = labels, Reason = reason };
}
