using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>A policy that a <see cref="TrainedFamily"/> offers, with what it gave in training.</summary>
/// <param name="Training">Accuracy and cost on the training traces, held out where the family measures that.</param>
/// <param name="Policy">The policy.</param>
public sealed record OfferedPolicy(CostQuality Training, ICascadePolicy Policy);
