namespace AutoMix.Learning;

/// <summary>What a <see cref="PlanLearner"/> has made of the evidence.</summary>
public sealed record PlanProposal
{
    /// <summary>The new plan, a <see cref="CascadePlan"/>, a single model or a mixture of two; null where none could be made.</summary>
    public ICascadePolicy? Plan { get; init; }

    /// <summary>What is believed of the models by now, also where the plan at hand stays; null where no plan could be made.</summary>
    public CascadeModel? Model { get; init; }

    /// <summary>Whether the new plan is better than the one at hand, with confidence.</summary>
    public bool IsBetter { get; init; }

    /// <summary>Why it is to be used or not.</summary>
    public required string Reason { get; init; }

    /// <summary>The effective number of labelled requests behind it (Kish, 1965).</summary>
    public double Labels { get; init; }

    /// <summary>
    /// How much better the new plan serves the goal than the one at hand, on held-out requests, in units of quality: quality less what
    /// its dollars are worth; what is beyond a quality to keep or a budget counts nothing, what is short of it twice.
    /// </summary>
    public double Gain { get; init; }

    /// <summary>The standard deviation of <see cref="Gain"/> by the bootstrap.</summary>
    public double GainError { get; init; }

    internal static PlanProposal None(double labels, string reason) => new() { Labels = labels, Reason = reason };
}
