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
        VerificationContext inside = calibration is not null && context.ConfidenceEdges is { } edges ? context.WithEdges(Invert(calibration, edges)) : context;
        Verdict verdict = await inner.VerifyAsync(inside, cancellationToken).ConfigureAwait(false);
        return calibration is not null && verdict.Kind == VerdictKind.Confidence
            ? Verdict.OfConfidence(calibration.Apply(verdict.Confidence!.Value), verdict.Reason)
            : verdict;
    }

    // The least confidences whose probabilities reach the edges; null where the order may change. What cannot be reached is no edge.
    private static double[]? Invert(Calibration calibration, IReadOnlyList<double> edges) => calibration.Kind == CalibrationKind.Histogram
        ? null
        : [.. edges.Where(edge => calibration.Apply(1) >= edge).Select(edge => Invert(calibration, edge))];

    private static double Invert(Calibration calibration, double edge)
    {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 40; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = calibration.Apply(middle) >= edge ? (low, middle) : (middle, high);
        }

        return high;
    }
}
