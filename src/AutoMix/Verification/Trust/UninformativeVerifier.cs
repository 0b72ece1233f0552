using AutoMix.Statistics;

namespace AutoMix;

/// <summary>A verifier that, by the outcomes reported so far, does not tell a model's right answers from its wrong ones.</summary>
public sealed class UninformativeVerifier
{
    internal UninformativeVerifier(string verifier, string model, SignalTrust trust) => (Verifier, Model, Trust) = (verifier, model, trust);

    /// <summary>The verifier's name.</summary>
    public string Verifier { get; }

    /// <summary>The model whose answers it looked at.</summary>
    public string Model { get; }

    /// <summary>The AUROC, its interval, and the number of outcomes.</summary>
    public SignalTrust Trust { get; }
}
