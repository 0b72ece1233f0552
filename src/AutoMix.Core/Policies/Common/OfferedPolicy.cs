using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>A policy that a <see cref="TrainedFamily"/> offers, with its training figures.</summary>
/// <param name="Training">Accuracy and cost on the training traces, held out if the family measures that.</param>
/// <param name="Policy">The policy.</param>
public sealed record OfferedPolicy(CostQuality Training, ICascadePolicy Policy);
