using AutoMix.Estimation;

namespace AutoMix;

/// <summary>Another verifier, whose confidences are turned into probabilities.</summary>
internal sealed class CalibratedVerifier(IVerifier inner, Func<string, Calibration?> calibrationOf) : IVerifier
{
    public string Name => inner.Name;

    public bool IsFree => inner.IsFree;

    public string Fingerprint => $"calibrated:{inner.Fingerprint}";

    public IReadOnlyList<string> AskedModels => inner.AskedModels;

    public async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        Calibration? calibration = calibrationOf(context.Model);

        // What would matter to the policy is a probability; the verifier inside thinks in its own confidences.
        VerificationContext inside = calibration is not null && context.AcceptThreshold is { } threshold ? context.WithThreshold(Invert(calibration, threshold)) : context;
        Verdict verdict = await inner.VerifyAsync(inside, cancellationToken).ConfigureAwait(false);
        return calibration is not null && verdict.Kind == VerdictKind.Confidence
            ? Verdict.OfConfidence(calibration.Apply(verdict.Confidence!.Value), verdict.Reason)
            : verdict;
    }

    // The least confidence whose probability reaches the threshold; null where there is none, or where the order may change.
    private static double? Invert(Calibration calibration, double threshold)
    {
        if (calibration.Kind == CalibrationKind.Histogram || calibration.Apply(1) < threshold)
        {
            return null;
        }

        double low = 0;
        double high = 1;
        for (int i = 0; i < 40; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = calibration.Apply(middle) >= threshold ? (low, middle) : (middle, high);
        }

        return high;
    }
}
