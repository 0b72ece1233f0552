using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>How a cascade model is estimated from counts. The defaults are the measured ones; see docs/design.md.</summary>
public sealed record CascadeFitOptions
{
    /// <summary>
    /// How much of a confidence's log-odds is believed, in (0, 1]. Confidences of different models depend on each other
    /// given correctness; believing each in full counts the same evidence twice.
    /// </summary>
    [JsonInclude]
    internal double Temper { get; init; } = 0.7;

    /// <summary>
    /// How much of the log-odds of agreement is believed, in [0, 1]: 0 ignores which answers agree. Models of one family
    /// share mistakes in ways that no model of correctness alone explains.
    /// </summary>
    [JsonInclude]
    internal double AgreementTemper { get; init; } = 0.25;

    /// <summary>Number of quantile bins of confidence that the exact solver tells apart, 1 to 16.</summary>
    public int Bins { get; init; } = 5;

    /// <summary>Queries' worth of weight that the item-response prior has against the counted patterns; 0 or more.</summary>
    [JsonInclude]
    internal double PriorWeight { get; init; } = 100;

    /// <summary>How the likelihood of a confidence given correctness is estimated.</summary>
    [JsonInclude]
    internal ConfidenceLikelihoodKind Likelihood { get; init; } = ConfidenceLikelihoodKind.Latent;

    /// <summary>How much confidences count beside correctness in finding the latent trait, in [0, 1].</summary>
    [JsonInclude]
    internal double ConfidenceWeight { get; init; } = 1;

    /// <summary>Histories up to which the exact solver is used; beyond, it is used for the models worth having, by forward selection.</summary>
    public int HistoryLimit { get; init; } = 1_500_000;

    /// <summary>What cross-validation chooses from where the user does not say.</summary>
    internal static IReadOnlyList<CascadeFitOptions> Candidates { get; } =
    [
        .. from agreement in (CascadeFitOptions[])
           [
               new() { AgreementTemper = 0, Bins = 10 },
               new() { AgreementTemper = 0.3 },
               new() { AgreementTemper = 1 },
           ]
           from confidence in (CascadeFitOptions[])
           [
               new() { Likelihood = ConfidenceLikelihoodKind.Latent, Temper = 0.7 },
               new() { Likelihood = ConfidenceLikelihoodKind.Latent, Temper = 1 },
               new() { Likelihood = ConfidenceLikelihoodKind.Platt, Temper = 0.5 },
           ]
           select agreement with { Likelihood = confidence.Likelihood, Temper = confidence.Temper },
    ];

    internal void Check()
    {
        if (!(Temper > 0 && Temper <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Temper), Temper, "The temper is a number in (0, 1].");
        }

        if (!(AgreementTemper >= 0 && AgreementTemper <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(AgreementTemper), AgreementTemper, "The agreement temper is a number in [0, 1].");
        }

        if (Bins is < 1 or > 16)
        {
            throw new ArgumentOutOfRangeException(nameof(Bins), Bins, "The number of bins is 1 to 16.");
        }

        if (!(PriorWeight >= 0) || double.IsInfinity(PriorWeight))
        {
            throw new ArgumentOutOfRangeException(nameof(PriorWeight), PriorWeight, "The prior's weight is a finite number, 0 or more.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(HistoryLimit);
    }
}
