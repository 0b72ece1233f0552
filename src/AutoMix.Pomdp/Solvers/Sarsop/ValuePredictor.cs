namespace AutoMix.Pomdps;

/// <summary>
/// SARSOP's guess of the value of a belief: the mean lower bound of the beliefs met before that look alike, in bins of
/// their first upper bound and their entropy. It decides where a deeper look may still matter.
/// </summary>
internal sealed class ValuePredictor(double valueSpan)
{
    private const int ValueBins = 100;
    private const int EntropyBins = 20;

    private readonly Dictionary<(int Value, int Entropy), Bin> _bins = [];
    private readonly Dictionary<BeliefNode, Entry> _entries = [];

    /// <summary>The guess for a belief that has been brought up to date; infinite when nothing like it has been met.</summary>
    public double Predict(BeliefNode node, double firstUpper)
    {
        if (!_entries.TryGetValue(node, out Entry? entry))
        {
            double entropy = 0;
            foreach (double weight in node.Weights)
            {
                entropy -= weight * Math.Log(weight);
            }

            (int, int) key = (
                (int)Math.Clamp(firstUpper / Math.Max(valueSpan, 1e-9) * ValueBins, int.MinValue, int.MaxValue),
                (int)(entropy / Math.Log(Math.Max(2, node.Class.Size)) * EntropyBins));
            if (!_bins.TryGetValue(key, out Bin? bin))
            {
                _bins.Add(key, bin = new Bin());
            }

            double guess = bin.Count > 0 ? bin.Sum / bin.Count : double.PositiveInfinity;
            entry = new Entry(bin) { Lower = node.Lower };
            _entries.Add(node, entry);
            bin.Sum += node.Lower;
            bin.Count++;
            return guess;
        }

        double mean = entry.Bin.Sum / entry.Bin.Count;
        entry.Bin.Sum += node.Lower - entry.Lower;
        entry.Lower = node.Lower;
        return mean;
    }

    private sealed class Bin
    {
        public double Sum { get; set; }

        public int Count { get; set; }
    }

    private sealed class Entry(Bin bin)
    {
        public Bin Bin { get; } = bin;

        public double Lower { get; set; }
    }
}
