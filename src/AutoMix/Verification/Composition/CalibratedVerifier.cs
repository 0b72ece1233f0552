using AutoMix.Statistics;

namespace AutoMix;

/// <summary>Another verifier, whose confidences are turned into probabilities.</summary>
internal sealed class CalibratedVerifier(IVerifier inner, Func<string, Calibration?> calibrationOf) : DelegatingVerifier(inner)
{
    public override string Fingerprint => $"calibrated:{InnerVerifier.Fingerprint}";

    public override async ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        Calibration? calibration = calibrationOf(context.Model);

        // The policy's edges are probabilities. The inner verifier compares its own confidences, so the edges are converted.
        VerificationContext inside = calibration is not null && context.ConfidenceEdges is { } edges ? context.WithEdges(Invert(calibration, edges)) : context;
        Verdict verdict = await InnerVerifier.VerifyAsync(inside, cancellationToken).ConfigureAwait(false);
        return calibration is not null && verdict.Kind == VerdictKind.Confidence
            ? Verdict.OfConfidence(calibration.Apply(verdict.Confidence!.Value), verdict.Reason)
            : verdict;
    }

    // Returns the least confidences whose probabilities reach the edges, without edges that no confidence reaches; null if the calibration may change the order.
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
