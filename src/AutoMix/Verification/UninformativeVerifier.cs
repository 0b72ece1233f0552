using AutoMix.Metrics;

namespace AutoMix;

/// <summary>A verifier that, by the outcomes reported so far, does not tell a model's right answers from its wrong ones.</summary>
/// <param name="Verifier">The verifier's name.</param>
/// <param name="Model">The model whose answers it looked at.</param>
/// <param name="Trust">The AUROC, its interval, and the number of outcomes.</param>
public sealed record UninformativeVerifier(string Verifier, string Model, SignalTrust Trust);
