namespace AutoMix;

/// <summary>
/// Selects the verdicts that a policy over numbers is shown: those of the kind that it was made from. A free confidence means
/// something else than a paid one, so neither replaces the other.
/// </summary>
internal sealed class ConfidenceChannels
{
    private readonly VerificationKind[] _kinds;
    private readonly string? _verifier;

    /// <param name="policy">The policy, which may know the source of the confidences of each of its models.</param>
    /// <param name="verifiers">The verifiers of the pipeline.</param>
    /// <param name="paidAllowed">Whether paid verifiers run at all.</param>
    /// <param name="verifier">The name of the only verifier to listen to; null for all verifiers of the kind.</param>
    /// <exception cref="AutoMixConfigurationException">The pipeline lacks the confidences that the policy was made from.</exception>
    public ConfidenceChannels(ICascadePolicy policy, IReadOnlyList<IVerifier> verifiers, bool paidAllowed, string? verifier)
    {
        _verifier = verifier;
        VerificationKind present = paidAllowed && verifiers.Any(v => !v.IsFree) ? VerificationKind.Paid : VerificationKind.Free;
        if (verifier is not null)
        {
            IVerifier named = verifiers.FirstOrDefault(v => string.Equals(v.Name, verifier, StringComparison.Ordinal) && (paidAllowed || v.IsFree))
                ?? throw new AutoMixConfigurationException(
                    $"ConfidenceFrom is '{verifier}', but the verifiers that run are: {string.Join(", ", verifiers.Where(v => paidAllowed || v.IsFree).Select(v => v.Name))}. Name one of them, or add it with VerifyWith.");
            present = named.IsFree ? VerificationKind.Free : VerificationKind.Paid;
        }

        _kinds = [.. Enumerable.Range(0, policy.Models.Count).Select(model => policy.Verification(model) switch
        {
            VerificationKind.None => VerificationKind.None,
            { } said when verifier is null => said,
            _ => present,
        })];
        if (Array.IndexOf(_kinds, VerificationKind.Free) >= 0 && !verifiers.Any(v => v.IsFree) && policy.Verification(Array.IndexOf(_kinds, VerificationKind.Free)) is not null)
        {
            throw Missing(policy, "come free with the answer", "free verifier", "such as AnswerProbabilityVerifier");
        }

        if (paidAllowed && Array.IndexOf(_kinds, VerificationKind.Paid) >= 0 && !verifiers.Any(v => !v.IsFree))
        {
            throw Missing(policy, "are paid for", "paid verifier", "such as Verifiers.SelfVerification(), set PaidVerification to false where it is to do without");
        }
    }

    public string Fingerprint => $"{_verifier}:{string.Join(',', _kinds)}";

    /// <summary>Whether the confidence in a model's answers is paid for.</summary>
    /// <param name="model">The index of the model in the policy.</param>
    public bool IsPaid(int model) => _kinds[model] == VerificationKind.Paid;

    /// <summary>Reads the last paid confidence, or the lowest of the free ones; null if there is none.</summary>
    /// <param name="model">The model's index in the policy.</param>
    /// <param name="attempt">The attempt that gave the answer.</param>
    public double? Read(int model, RoutingAttempt attempt)
    {
        double? confidence = null;
        if (_kinds[model] == VerificationKind.None)
        {
            return null;
        }

        for (int i = 0; i < attempt.Verdicts.Count; i++)
        {
            VerdictRecord verdict = attempt.Verdicts[i];
            if (verdict.Kind == VerdictKind.Confidence
                && verdict.IsFree != IsPaid(model)
                && (_verifier is null || string.Equals(verdict.Verifier, _verifier, StringComparison.Ordinal)))
            {
                double said = verdict.Confidence!.Value;
                confidence = verdict.IsFree && confidence < said ? confidence : said;
            }
        }

        return confidence;
    }

    private static AutoMixConfigurationException Missing(ICascadePolicy policy, string what, string kind, string how) => new(
        $"The policy '{policy.Name}' was made from confidences that {what}, but the pipeline has no {kind}. Add the one that its traces were recorded with, {how}, "
        + "or name the verifier that stands in for it with ConfidenceFrom.");
}
