namespace AutoMix.Statistics;

/// <summary>The share of correct answers per bin of equally many confidences.</summary>
internal sealed class HistogramCalibration(double[] edges, double[] shares) : Calibration
{
    private const int MostBins = 10;
    private const int LeastPerBin = 10;

    // Rows' worth of weight that the overall share has against a bin's own.
    private const double Smoothing = 2;

    public override CalibrationKind Kind => CalibrationKind.Histogram;

    public static HistogramCalibration Fit(ConfidenceSample sample)
    {
        int bins = Math.Clamp(sample.Count / LeastPerBin, 1, MostBins);
        double overall = 0;
        foreach (double quality in sample.Qualities)
        {
            overall += quality;
        }

        overall = (overall + 1) / (sample.Count + 2);
        var edges = new List<double>();
        var shares = new List<double>();
        int start = 0;
        for (int bin = 1; bin <= bins && start < sample.Count; bin++)
        {
            int end = Math.Max(start + 1, bin * sample.Count / bins);

            // Equal confidences stay together.
            while (end < sample.Count && sample.Confidences[end] == sample.Confidences[end - 1])
            {
                end++;
            }

            double good = Smoothing * overall;
            for (int i = start; i < end; i++)
            {
                good += sample.Qualities[i];
            }

            shares.Add(good / (end - start + Smoothing));
            if (end < sample.Count)
            {
                edges.Add(sample.Confidences[end]);
            }

            start = end;
        }

        return new([.. edges], [.. shares]);
    }

    private protected override double Probability(double confidence)
    {
        int at = Array.BinarySearch(edges, confidence);
        return shares[at >= 0 ? at + 1 : ~at];
    }

    private protected override (double[] X, double[] Y) Numbers() => (edges, shares);
}
