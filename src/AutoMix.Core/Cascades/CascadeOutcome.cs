namespace AutoMix;

/// <summary>How one query ended.</summary>
internal readonly record struct CascadeOutcome
{
    internal CascadeOutcome(int model, double quality, CascadeCost cost)
    {
        Model = model;
        Quality = quality;
        Cost = cost;
    }

    /// <summary>The model whose answer was accepted; -1 where the policy abstained.</summary>
    public int Model { get; }

    /// <summary>Quality of that answer, in [0, 1]; 0 for an abstention.</summary>
    public double Quality { get; }

    /// <summary>What all calls and verifications cost together.</summary>
    public CascadeCost Cost { get; }
}
