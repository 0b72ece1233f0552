using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>A policy that a <see cref="TrainedFamily"/> offers, with its training figures.</summary>
public sealed class OfferedPolicy
{
    internal OfferedPolicy(CostQuality training, ICascadePolicy policy)
    {
        Training = training;
        Policy = policy;
    }

    /// <summary>Accuracy and cost on the training traces, held out if the family measures that.</summary>
    public CostQuality Training { get; }

    /// <summary>The policy.</summary>
    public ICascadePolicy Policy { get; }
}
