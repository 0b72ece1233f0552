namespace AutoMix.Learning;

/// <summary>What a <see cref="PlanLearner"/> has made of the evidence.</summary>
public sealed class PlanProposal
{
    /// <summary>The new plan, a <see cref="CascadePlan"/>, a single model or a mixture of two; null where none could be made.</summary>
    public ICascadePolicy? Plan { get; internal init; }

    /// <summary>What is believed of the models by now, also where the plan at hand stays; null where no plan could be made.</summary>
    public CascadeModel? Model { get; internal init; }

    /// <summary>Whether the new plan is better than the one at hand, with confidence.</summary>
    public bool IsBetter { get; internal init; }

    /// <summary>Why it is to be used or not.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>The effective number of labelled requests behind it (Kish, 1965).</summary>
    public double Labels { get; internal init; }

    /// <summary>
    /// How much better the new plan serves the goal than the one at hand, on held-out requests, in units of quality: quality less what
    /// its dollars are worth; what is beyond a quality to keep or a budget counts nothing, what is short of it twice.
    /// </summary>
    public double Gain { get; internal init; }

    /// <summary>The standard deviation of <see cref="Gain"/> by the bootstrap.</summary>
    public double GainError { get; internal init; }

    internal static PlanProposal None(double labels, string reason) => new() { Labels = labels, Reason = reason };
}
