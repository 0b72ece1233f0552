namespace AutoMix.Statistics;

/// <summary>
/// Confidences in ascending order with the qualities that go with them: sorted once, so that a resampled metric is one pass
/// over weights.
/// </summary>
internal sealed class ConfidenceSample
{
    private readonly double[] _confidence;
    private readonly double[] _quality;

    public ConfidenceSample(ReadOnlySpan<double> confidences, ReadOnlySpan<double> qualities)
    {
        if (confidences.Length != qualities.Length)
        {
            throw new ArgumentException($"There are {confidences.Length} confidences and {qualities.Length} qualities. Give one quality per confidence.", nameof(qualities));
        }

        // What came back unknown has no confidence and no place here.
        var known = new List<(double Confidence, double Quality)>(confidences.Length);
        for (int i = 0; i < confidences.Length; i++)
        {
            if (double.IsNaN(confidences[i]))
            {
                continue;
            }

            if (!(confidences[i] >= 0 && confidences[i] <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(confidences), confidences[i], $"Confidence {i} is no number in [0, 1]. Leave out what is unknown, or give NaN.");
            }

            if (!(qualities[i] >= 0 && qualities[i] <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(qualities), qualities[i], $"Quality {i} is no number in [0, 1].");
            }

            known.Add((confidences[i], qualities[i]));
        }

        known.Sort(static (a, b) => a.Confidence.CompareTo(b.Confidence));
        _confidence = [.. known.Select(pair => pair.Confidence)];
        _quality = [.. known.Select(pair => pair.Quality)];
    }

    public int Count => _confidence.Length;

    public ReadOnlySpan<double> Confidences => _confidence;

    public ReadOnlySpan<double> Qualities => _quality;

    /// <summary>Each row once.</summary>
    public double[] Once()
    {
        double[] weights = new double[Count];
        Array.Fill(weights, 1);
        return weights;
    }

    /// <summary>Draws as many rows as there are, with replacement: how often each came up.</summary>
    public void Resample(Random random, Span<double> weights)
    {
        weights.Clear();
        for (int i = 0; i < Count; i++)
        {
            weights[random.Next(Count)]++;
        }
    }

    /// <summary>P(a correct answer's confidence is above a wrong one's), ties counting half; NaN without both kinds.</summary>
    public double Auroc(ReadOnlySpan<double> weights)
    {
        double badBelow = 0;
        double good = 0;
        double pairs = 0;
        for (int i = 0; i < Count;)
        {
            double goodHere = 0;
            double badHere = 0;
            double at = _confidence[i];
            for (; i < Count && _confidence[i] == at; i++)
            {
                goodHere += weights[i] * _quality[i];
                badHere += weights[i] * (1 - _quality[i]);
            }

            pairs += goodHere * (badBelow + (0.5 * badHere));
            good += goodHere;
            badBelow += badHere;
        }

        return good > 0 && badBelow > 0 ? pairs / (good * badBelow) : double.NaN;
    }

    /// <summary>The mean gap between confidence and quality over bins of equal width, weighted by the bins' shares.</summary>
    public double CalibrationError(ReadOnlySpan<double> weights, int bins)
    {
        Span<double> gap = stackalloc double[bins];
        double total = 0;
        for (int i = 0; i < Count; i++)
        {
            gap[Math.Min(bins - 1, (int)(_confidence[i] * bins))] += weights[i] * (_confidence[i] - _quality[i]);
            total += weights[i];
        }

        double sum = 0;
        foreach (double each in gap)
        {
            sum += Math.Abs(each);
        }

        return sum / total;
    }

    /// <summary>The mean squared gap between confidence and correctness; a graded quality counts as so much of a correct answer.</summary>
    public double Brier(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        double total = 0;
        for (int i = 0; i < Count; i++)
        {
            double c = _confidence[i];
            sum += weights[i] * ((_quality[i] * (1 - c) * (1 - c)) + ((1 - _quality[i]) * c * c));
            total += weights[i];
        }

        return sum / total;
    }
}
