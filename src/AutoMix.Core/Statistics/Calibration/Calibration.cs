using System.Text.Json;

namespace AutoMix.Statistics;

/// <summary>Turns a verifier's confidence into a probability that the answer is correct.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public abstract class Calibration
{
    private protected Calibration()
    {
    }

    /// <summary>The confidence as it is.</summary>
    public static Calibration Identity { get; } = new UnchangedConfidence();

    /// <summary>Its shape.</summary>
    public abstract CalibrationKind Kind { get; }

    /// <summary>The probability that an answer with this confidence is correct. Never decreases with the confidence, except for a histogram.</summary>
    /// <param name="confidence">In [0, 1].</param>
    /// <returns>A probability; NaN where the confidence is NaN (unknown stays unknown).</returns>
    /// <exception cref="ArgumentOutOfRangeException">The confidence is outside [0, 1].</exception>
    public double Apply(double confidence)
    {
        if (double.IsNaN(confidence))
        {
            return double.NaN;
        }

        if (confidence is < 0 or > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence is a number in [0, 1].");
        }

        return Math.Clamp(Probability(confidence), 0, 1);
    }

    /// <summary>Fits a calibration of one shape.</summary>
    /// <param name="kind">Its shape.</param>
    /// <param name="confidences">In [0, 1], or NaN for unknown, which is left out.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <exception cref="ArgumentException">There is no known confidence, the lengths differ, or a number is out of range.</exception>
    public static Calibration Fit(CalibrationKind kind, ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities)
    {
        var sample = new ConfidenceSample(confidences, qualities);
        if (sample.Count == 0)
        {
            throw new ArgumentException("There is no known confidence to fit a calibration to.", nameof(confidences));
        }

        return kind switch
        {
            CalibrationKind.None => Identity,
            CalibrationKind.Platt => PlattCalibration.Fit(sample),
            CalibrationKind.Beta => BetaCalibration.Fit(sample),
            CalibrationKind.Isotonic => IsotonicCalibration.Fit(sample),
            CalibrationKind.Histogram => HistogramCalibration.Fit(sample),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such calibration."),
        };
    }

    /// <summary>Fits every shape and keeps the one with the least log loss on held-out folds.</summary>
    /// <param name="confidences">In [0, 1], or NaN for unknown, which is left out.</param>
    /// <param name="qualities">In [0, 1], one per confidence.</param>
    /// <param name="folds">Number of folds; 2 or more.</param>
    /// <param name="seed">Seed of the division into folds.</param>
    /// <exception cref="ArgumentException">There are fewer known confidences than folds, the lengths differ, or a number is out of range.</exception>
    public static CalibrationChoice Choose(ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities, int folds = 5, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var sample = new ConfidenceSample(confidences, qualities);
        if (sample.Count < folds)
        {
            throw new ArgumentException($"There are {sample.Count} known confidences for {folds} folds. Give more, or fit one shape with Calibration.Fit.", nameof(confidences));
        }

        int[] place = [.. Enumerable.Range(0, sample.Count)];
        new Random(seed).Shuffle(place);
        int[] order = new int[place.Length];
        for (int i = 0; i < place.Length; i++)
        {
            order[place[i]] = i;
        }

        var division = new Folds(order, folds);
        var losses = new Dictionary<CalibrationKind, double>();
        foreach (CalibrationKind kind in Enum.GetValues<CalibrationKind>())
        {
            losses[kind] = HeldOutLogLoss(kind, sample, division);
        }

        // Of equals the simplest, which comes first.
        CalibrationKind best = losses.MinBy(pair => pair.Value).Key;
        return new(Fit(best, sample.Confidences, sample.Qualities), losses);
    }

    /// <summary>The calibration as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(ToDocument(), CalibrationJsonContext.Default.CalibrationDocument);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The JSON text.</param>
    /// <exception cref="FormatException">The text is no calibration.</exception>
    public static Calibration FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            CalibrationDocument document = JsonSerializer.Deserialize(json, CalibrationJsonContext.Default.CalibrationDocument)
                ?? throw new FormatException("The text holds null, not a calibration.");
            return FromDocument(document);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The text is no calibration ({e.Message}). Give what Calibration.ToJson wrote.", e);
        }
    }

    /// <summary>The probability, before it is kept in [0, 1].</summary>
    private protected abstract double Probability(double confidence);

    /// <summary>The numbers of the calibration: those on the horizontal axis and those on the vertical, or all in the first.</summary>
    private protected abstract (double[] X, double[] Y) Numbers();

    private CalibrationDocument ToDocument()
    {
        (double[] x, double[] y) = Numbers();
        return new(Kind, x, y);
    }

    private static Calibration FromDocument(CalibrationDocument document)
    {
        double[] x = document.X ?? [];
        double[] y = document.Y ?? [];
        bool finite = Array.TrueForAll(x, double.IsFinite) && Array.TrueForAll(y, double.IsFinite);
        Calibration? calibration = (document.Kind, x.Length, y.Length) switch
        {
            _ when !finite => null,
            (CalibrationKind.None, 0, 0) => Identity,
            (CalibrationKind.Platt, 2, 0) => new PlattCalibration(x[0], x[1]),
            (CalibrationKind.Beta, 3, 0) => new BetaCalibration(x[0], x[1], x[2]),
            (CalibrationKind.Isotonic, > 0, _) when x.Length == y.Length => new IsotonicCalibration(x, y),
            (CalibrationKind.Histogram, _, > 0) when x.Length == y.Length - 1 => new HistogramCalibration(x, y),
            _ => null,
        };
        return calibration ?? throw new FormatException($"A calibration of kind '{document.Kind}' does not have {x.Length} and {y.Length} finite numbers. Give what Calibration.ToJson wrote.");
    }

    private static double HeldOutLogLoss(CalibrationKind kind, ConfidenceSample sample, Folds folds)
    {
        double sum = 0;
        for (int fold = 0; fold < folds.Count; fold++)
        {
            int[] seen = folds.Rest(fold);
            int[] held = folds.HeldOut(fold);
            Calibration fitted = Fit(kind, Pick(sample.Confidences, seen), Pick(sample.Qualities, seen));
            double[] calibrated = [.. Pick(sample.Confidences, held).Select(fitted.Apply)];
            sum += held.Length * VerifierMetrics.LogLoss(calibrated, Pick(sample.Qualities, held));
        }

        return sum / sample.Count;
    }

    private static double[] Pick(ReadOnlySpan<double> values, int[] rows)
    {
        double[] picked = new double[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            picked[i] = values[rows[i]];
        }

        return picked;
    }
}
