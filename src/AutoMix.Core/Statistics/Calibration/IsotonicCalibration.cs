namespace AutoMix.Statistics;

/// <summary>Pooled adjacent violators: the best non-decreasing fit, drawn as a line through the middles of its steps.</summary>
internal sealed class IsotonicCalibration(double[] middles, double[] shares) : Calibration
{
    public override CalibrationKind Kind => CalibrationKind.Isotonic;

    public static IsotonicCalibration Fit(ConfidenceSample sample)
    {
        var blocks = new Stack<(double Good, double Count, double Place)>();
        for (int i = 0; i < sample.Count; i++)
        {
            (double Good, double Count, double Place) block = (sample.Qualities[i], 1, sample.Confidences[i]);
            bool tie = i > 0 && sample.Confidences[i] == sample.Confidences[i - 1];
            while (blocks.Count > 0 && (tie || blocks.Peek().Good / blocks.Peek().Count >= block.Good / block.Count))
            {
                (double good, double count, double place) = blocks.Pop();
                block = (good + block.Good, count + block.Count, place + block.Place);
                tie = false;
            }

            blocks.Push(block);
        }

        // Never certain: n rows without a mistake do not show that there is none.
        double most = (sample.Count + 1.0) / (sample.Count + 2.0);
        (double Good, double Count, double Place)[] steps = [.. blocks.Reverse()];
        return new(
            [.. steps.Select(step => step.Place / step.Count)],
            [.. steps.Select(step => Math.Clamp(step.Good / step.Count, 1 - most, most))]);
    }

    private protected override double Probability(double confidence)
    {
        int at = Array.BinarySearch(middles, confidence);
        if (at >= 0)
        {
            return shares[at];
        }

        int above = ~at;
        if (above == 0 || above == middles.Length)
        {
            return shares[Math.Min(above, middles.Length - 1)];
        }

        double t = (confidence - middles[above - 1]) / (middles[above] - middles[above - 1]);
        return shares[above - 1] + (t * (shares[above] - shares[above - 1]));
    }

    private protected override (double[] X, double[] Y) Numbers() => (middles, shares);
}
