using System.Globalization;
using AutoMix.Statistics;

namespace AutoMix;

// Composition: several signals as one, one signal as a probability.
public static partial class Verifiers
{
    /// <summary>
    /// Combines verifiers by And: rejected if one rejects, unknown if one is unknown, else the lowest confidence. Free verifiers run
    /// first. After a rejection or an unknown verdict no other verifier is paid for.
    /// </summary>
    /// <param name="verifiers">At least one.</param>
    public static IVerifier All(params IVerifier[] verifiers)
    {
        ArgumentNullException.ThrowIfNull(verifiers);
        return new CompositeVerifier(NameOf("all", verifiers), verifiers, v => v.Kind is VerdictKind.Rejected or VerdictKind.Unknown, verdicts =>
            Known(verdicts) is { Length: > 0 } known ? Verdict.OfConfidence(known.Min()) : Verdict.Pass(), keepsEdges: true);
    }

    /// <summary>
    /// Combines verifiers by Or: the highest confidence. An unknown verdict or a rejection counts only if nothing else is known. Free
    /// verifiers run first. After a confidence of 1 no other verifier is paid for.
    /// </summary>
    /// <param name="verifiers">At least one.</param>
    public static IVerifier Any(params IVerifier[] verifiers)
    {
        ArgumentNullException.ThrowIfNull(verifiers);
        return new CompositeVerifier(NameOf("any", verifiers), verifiers, v => v.Kind == VerdictKind.Confidence && v.Confidence >= 1, verdicts =>
            Known(verdicts) is { Length: > 0 } known ? Verdict.OfConfidence(known.Max())
            : Array.Exists(verdicts, v => v.Kind == VerdictKind.Passed) ? Verdict.Pass()
            : Array.Find(verdicts, v => v.Kind == VerdictKind.Rejected) is { Kind: VerdictKind.Rejected } rejected ? rejected
            : Verdict.Unknown("none of the verifiers knows"), keepsEdges: true);
    }

    /// <summary>Combines verifiers by the weighted mean of the known confidences. A rejection rejects; an unknown verdict has no weight.</summary>
    /// <param name="verifiers">At least one, with weights above 0.</param>
    public static IVerifier Weighted(params (IVerifier Verifier, double Weight)[] verifiers)
    {
        ArgumentNullException.ThrowIfNull(verifiers);
        if (!Array.TrueForAll(verifiers, v => v.Weight > 0 && double.IsFinite(v.Weight)))
        {
            throw new ArgumentException("A weight is a finite number above 0.", nameof(verifiers));
        }

        IVerifier[] all = [.. verifiers.Select(v => v.Verifier)];
        return new CompositeVerifier(NameOf("weighted", all), all, v => v.Kind == VerdictKind.Rejected, verdicts =>
        {
            double sum = 0;
            double weight = 0;
            for (int i = 0; i < verdicts.Length; i++)
            {
                if (verdicts[i].Kind == VerdictKind.Confidence)
                {
                    sum += verifiers[i].Weight * verdicts[i].Confidence!.Value;
                    weight += verifiers[i].Weight;
                }
            }

            return weight > 0 ? Verdict.OfConfidence(Math.Clamp(sum / weight, 0, 1)) : Verdict.Unknown("none of the verifiers knows");
        }, string.Join('|', verifiers.Select(v => v.Weight.ToString("R", CultureInfo.InvariantCulture))));
    }

    /// <summary>
    /// A logistic regression over several signals, learnt from labelled rows. A rejection counts as 0, a rule that holds as 1, and
    /// unknown as what it has meant in training; all signals are taken.
    /// </summary>
    /// <param name="stack">The weights, for as many signals as there are verifiers.</param>
    /// <param name="verifiers">The verifiers, in the order of the signals in training.</param>
    public static IVerifier Stacked(StackedSignals stack, params IVerifier[] verifiers)
    {
        ArgumentNullException.ThrowIfNull(stack);
        ArgumentNullException.ThrowIfNull(verifiers);
        if (verifiers.Length != stack.SignalCount)
        {
            throw new ArgumentException($"There are {verifiers.Length} verifiers; the weights are for {stack.SignalCount} signals.", nameof(verifiers));
        }

        return new CompositeVerifier(NameOf("stacked", verifiers), verifiers, _ => false, verdicts =>
            Array.TrueForAll(verdicts, v => v.Kind == VerdictKind.Unknown)
                ? Verdict.Unknown("none of the verifiers knows")
                : Verdict.OfConfidence(stack.Combine([.. verdicts.Select(v => v.Kind == VerdictKind.Passed ? 1 : v.Confidence ?? double.NaN)])), stack.ToJson());
    }

    /// <summary>Gives a verifier another name in records, telemetry and settings. Two verifiers of one kind need this.</summary>
    /// <param name="verifier">The verifier.</param>
    /// <param name="name">The name.</param>
    public static IVerifier Named(this IVerifier verifier, string name)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new NamedVerifier(verifier, name);
    }

    /// <summary>
    /// A verifier whose confidences become probabilities. A cache above does not notice another calibration by itself: put a version
    /// of it into the key.
    /// </summary>
    /// <param name="verifier">The verifier.</param>
    /// <param name="calibrationOf">The calibration for a model's answers, by the model's name; null leaves the confidence as it is.</param>
    public static IVerifier Calibrated(IVerifier verifier, Func<string, Calibration?> calibrationOf)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        ArgumentNullException.ThrowIfNull(calibrationOf);
        return new CalibratedVerifier(verifier, calibrationOf);
    }

    /// <summary>Watches the confidences of a verifier. If they drift, a log line is written and <paramref name="onDrift"/> is called.</summary>
    /// <param name="verifier">The verifier.</param>
    /// <param name="onDrift">Called when the confidences in one model's answers no longer look like those of before.</param>
    /// <param name="window">Confidences per compared window; 20 or more.</param>
    /// <param name="significance">How often a stream that does not change raises a false alarm, per window, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The window or the significance is out of its range.</exception>
    public static IVerifier Watched(IVerifier verifier, Action<ConfidenceDriftEventArgs>? onDrift = null, int window = 200, double significance = 0.001)
    {
        ArgumentNullException.ThrowIfNull(verifier);

        // An argument that is out of range throws here, not at the first verification.
        _ = new ConfidenceDrift(verifier.Name, window, significance);
        return new WatchedVerifier(verifier, window, significance, onDrift);
    }

    private static double[] Known(Verdict[] verdicts) => [.. verdicts.Where(v => v.Kind == VerdictKind.Confidence).Select(v => v.Confidence!.Value)];

    private static string NameOf(string how, IVerifier[] verifiers) => $"{how}({string.Join(", ", verifiers.Select(v => v?.Name))})";
}
