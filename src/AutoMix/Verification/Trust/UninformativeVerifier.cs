using AutoMix.Statistics;

namespace AutoMix;

/// <summary>A verifier that, by the outcomes reported so far, does not tell a model's right answers from its wrong ones.</summary>
public sealed record UninformativeVerifier
{
    /// <summary>The verifier's name.</summary>
    public required string Verifier { get; init; }

    /// <summary>The model whose answers it looked at.</summary>
    public required string Model { get; init; }

    /// <summary>The AUROC, its interval, and the number of outcomes.</summary>
    public required SignalTrust Trust { get; init; }
}
