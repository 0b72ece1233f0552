namespace AutoMix.Policies;

/// <summary>The outcomes of a pair of models on the training traces, by bin of the small model's confidence.</summary>
internal sealed class PairBins
{
    /// <summary>As the reference code of AutoMix.</summary>
    public const int Count = 10;

    private readonly double[] _weight;
    private readonly double[] _smallQuality;
    private readonly double[] _largeQuality;
    private readonly CascadeCost[] _largeCost;
    private readonly double _rows;
    private CascadeCost _smallCost;
    private double _verifyDollars;

    public PairBins(TraceTable table, int small, int large, double[] edges, ulong[]? escalatedAnswers = null)
    {
        Table = table;
        Small = small;
        Large = large;
        Edges = edges;
        EscalatedAnswers = escalatedAnswers ?? [];
        int bins = edges.Length + 1;

        // One more bin, at the end, for answers that escalate under every method: unknown confidences and listed answers.
        _weight = new double[bins + 1];
        _smallQuality = new double[bins + 1];
        _largeQuality = new double[bins + 1];
        _largeCost = new CascadeCost[bins + 1];
        Needy = new double[bins];
        Good = new double[bins];
        Hopeless = new double[bins];
        _rows = table.RowCount;
        for (int row = 0; row < table.RowCount; row++)
        {
            Add(row);
        }
    }

    public TraceTable Table { get; }

    public int Small { get; }

    public int Large { get; }

    public double[] Edges { get; }

    public ulong[] EscalatedAnswers { get; }

    /// <summary>Weight of queries that only the large model answers, by bin.</summary>
    public double[] Needy { get; }

    /// <summary>Weight of queries that the small model answers, by bin.</summary>
    public double[] Good { get; }

    /// <summary>Weight of queries that neither answers, by bin.</summary>
    public double[] Hopeless { get; }

    /// <summary>Computes the mean gain in quality from asking the large model in a bin; 0 if no query fell into it.</summary>
    public double Gain(int bin) => _weight[bin] > 0 ? (_largeQuality[bin] - _smallQuality[bin]) / _weight[bin] : 0;

    /// <summary>Creates the policy that escalates these bins, with its figures.</summary>
    public Candidate Candidate(string name, bool[] escalate)
    {
        double quality = 0;
        bool all = escalate.All(e => e);
        bool none = !escalate.Any(e => e);
        CascadeCost cost = all ? default : _smallCost + new CascadeCost(none ? 0 : _verifyDollars);
        for (int bin = 0; bin < _weight.Length; bin++)
        {
            // Without verification no confidence is unknown, so that only listed answers are left in the last bin. It is measured as
            // escalated, which makes a difference only if some confidences are missing.
            bool large = bin == escalate.Length ? !none || EscalatedAnswers.Length > 0 : escalate[bin];
            quality += large ? _largeQuality[bin] : _smallQuality[bin];
            cost += large ? _largeCost[bin] : default;
        }

        return new Candidate(
            quality / _rows,
            0,
            new(cost.Dollars / _rows, cost.Tokens / _rows, cost.Seconds / _rows),
            () => new PairPolicy(name, Table.Models, Small, Large, Edges, escalate, EscalatedAnswers));
    }

    private void Add(int row)
    {
        double confidence = Table.Confidence(row, Small);
        bool listed = Table.AnswerKey(row, Small) is var key && key != 0 && Array.IndexOf(EscalatedAnswers, key) >= 0;
        int bin = double.IsNaN(confidence) || listed ? Edges.Length + 1 : PairPolicy.Bin(Edges, confidence);
        double small = Table.Quality(row, Small);
        double large = Table.Quality(row, Large);
        _weight[bin]++;
        _smallQuality[bin] += small;
        _largeQuality[bin] += large;
        _largeCost[bin] += Table.Cost(row, Large);
        _smallCost += Table.Cost(row, Small);
        _verifyDollars += listed ? 0 : Table.VerifyCost(row, Small);
        if (bin < Needy.Length)
        {
            Good[bin] += small;
            Needy[bin] += (1 - small) * large;
            Hopeless[bin] += (1 - small) * (1 - large);
        }
    }
}
