using System.Collections.Concurrent;

namespace AutoMix;

/// <summary>
/// Notices a paid verifier that always says the same about a model's answers, or nothing usable many times in a row: there is
/// nothing to learn from it, so that paying for it is a waste. One verification in twenty is still made, to notice when that changes. A verifier that has once said
/// something else must repeat itself ten times as long.
/// </summary>
internal sealed class VerifierWatch(int after)
{
    private const double Same = 0.01;
    private const int ProbeEvery = 20;
    private readonly ConcurrentDictionary<(string Verifier, int Model), Counts> _counts = new();
    private readonly Bill _bill = new();

    /// <summary>Whether the next verification of this kind is worth its price.</summary>
    public bool IsWorthPaying(string verifier, int model)
    {
        if (after <= 0 || !_counts.TryGetValue((verifier, model), out Counts? counts))
        {
            return true;
        }

        lock (counts)
        {
            return (counts.Seen < counts.Needed && counts.Silent < after) || ++counts.Skipped % ProbeEvery == 0;
        }
    }

    /// <summary>Counts a verdict.</summary>
    /// <returns>Whether this verdict is the one that makes the verifier uninformative.</returns>
    public bool Record(string verifier, int model, double confidence)
    {
        if (after <= 0)
        {
            return false;
        }

        Counts counts = _counts.GetOrAdd((verifier, model), static (_, after) => new() { Needed = after }, after);
        lock (counts)
        {
            counts.Silent = 0;
            if (counts.Seen > 0 && (Math.Max(counts.High, confidence) - Math.Min(counts.Low, confidence)) > Same)
            {
                counts.Seen = 0;
                counts.Needed = 10 * after;
                counts.Skipped = 0;
            }

            counts.Low = counts.Seen == 0 ? confidence : Math.Min(counts.Low, confidence);
            counts.High = counts.Seen == 0 ? confidence : Math.Max(counts.High, confidence);
            counts.Seen++;
            return counts.Seen == counts.Needed;
        }
    }

    /// <summary>Counts a verification that was paid for and said nothing.</summary>
    /// <returns>Whether it is the one from which on the verifier counts as saying nothing.</returns>
    public bool RecordSilence(string verifier, int model)
    {
        if (after <= 0)
        {
            return false;
        }

        Counts counts = _counts.GetOrAdd((verifier, model), static (_, after) => new() { Needed = after }, after);
        lock (counts)
        {
            return ++counts.Silent == after;
        }
    }

    /// <summary>Counts what a verification cost, and what the last model's answer would have cost instead.</summary>
    /// <returns>The sums, once, where after so many verifications the first is the larger; null otherwise.</returns>
    public (decimal Paid, decimal Instead)? RecordCost(decimal paid, decimal instead)
    {
        lock (_bill)
        {
            _bill.Paid += paid;
            _bill.Instead += instead;
            return ++_bill.Count == after && _bill.Paid > _bill.Instead ? (_bill.Paid, _bill.Instead) : null;
        }
    }

    private sealed class Bill
    {
        public int Count { get; set; }

        public decimal Paid { get; set; }

        public decimal Instead { get; set; }
    }

    private sealed class Counts
    {
        public int Silent { get; set; }

        public int Needed { get; set; }

        public int Seen { get; set; }

        public int Skipped { get; set; }

        public double Low { get; set; }

        public double High { get; set; }
    }
}
