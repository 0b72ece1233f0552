using System.Numerics.Tensors;
using AutoMix.Statistics;

namespace AutoMix;

/// <summary>
/// Everything that estimation needs to know about past queries, as sums: two processes' counts add up to the counts of all
/// their queries, and a cross-validation fold is a sum of the other folds.
/// </summary>
/// <remarks>Not safe for concurrent use while it is being added to.</remarks>
internal sealed class CascadeCounts
{
    // Qualities are kept to half a percent: exact for 0, 1/4, 1/2, 1 and any percentage.
    private const int QualitySteps = 200;
    private readonly string[] _models;
    private readonly Dictionary<string, double> _patterns = new(StringComparer.Ordinal);
    private readonly double[] _confidence;
    private readonly double[] _agreement;
    private readonly double[] _joining = new double[2 * AgreementModel.GroupSizes * 2];
    private readonly double[] _answerDollars;
    private readonly double[] _answerTokens;
    private readonly double[] _answerSeconds;
    private readonly double[] _verifyDollars;
    private readonly double[] _observed;

    /// <summary>Counts of no query.</summary>
    /// <param name="models">The models' names, in the order of the cascade; 1 to 64, all different.</param>
    /// <exception cref="ArgumentException">There is no model, too many, or one is listed twice.</exception>
    public CascadeCounts(IEnumerable<string> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        _models = [.. models];
        ModelList.Check(_models, nameof(models));
        int n = _models.Length;
        _confidence = new double[n * 2 * ConfidenceGrid.Size];
        _agreement = new double[n * n * 8];
        _answerDollars = new double[n];
        _answerTokens = new double[n];
        _answerSeconds = new double[n];
        _verifyDollars = new double[n];
        _observed = new double[n];
    }

    /// <summary>The models' names, in the order of the cascade.</summary>
    public IReadOnlyList<string> Models => _models;

    /// <summary>Total weight of the queries counted.</summary>
    public double Weight { get; private set; }

    /// <summary>The counts of a whole table.</summary>
    public static CascadeCounts From(TraceTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var counts = new CascadeCounts(table.Models);
        for (int row = 0; row < table.RowCount; row++)
        {
            counts.Add(table, row);
        }

        return counts;
    }

    /// <summary>Adds one query.</summary>
    /// <param name="table">A table of the same models.</param>
    /// <param name="row">The row to add.</param>
    /// <param name="weight">How much it counts; 0 or more.</param>
    public void Add(TraceTable table, int row, double weight = 1)
    {
        ArgumentNullException.ThrowIfNull(table);
        ModelList.CheckSame(_models, table.Models, "the counts", "the table");
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        Weight += weight;
        AddPattern(table, row, weight);
        AddJoining(table, row, weight);
        for (int m = 0; m < _models.Length; m++)
        {
            double quality = table.Quality(row, m);
            _answerDollars[m] += weight * table.AnswerCost(row, m);
            _answerTokens[m] += weight * table.Tokens(row, m);
            _answerSeconds[m] += weight * table.Seconds(row, m);
            _verifyDollars[m] += weight * table.VerifyCost(row, m);
            if (!double.IsNaN(table.Confidence(row, m)))
            {
                _observed[m] += weight;
                int cell = ConfidenceGrid.Cell(table.Confidence(row, m));
                _confidence[ConfidenceIndex(m, good: true, cell)] += weight * quality;
                _confidence[ConfidenceIndex(m, good: false, cell)] += weight * (1 - quality);
            }

            for (int earlier = 0; earlier < m; earlier++)
            {
                AddAgreement(earlier, m, table.Quality(row, earlier), quality, table.SameAs(row, earlier) == table.SameAs(row, m), weight);
            }
        }
    }

    /// <summary>Adds another process's, or another fold's, counts.</summary>
    /// <param name="other">Counts of the same models.</param>
    public void Merge(CascadeCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ModelList.CheckSame(_models, other._models, "these counts", "the other counts");
        Weight += other.Weight;
        foreach ((string pattern, double weight) in other._patterns)
        {
            _patterns[pattern] = _patterns.GetValueOrDefault(pattern) + weight;
        }

        Sum(_confidence, other._confidence);
        Sum(_agreement, other._agreement);
        Sum(_joining, other._joining);
        Sum(_answerDollars, other._answerDollars);
        Sum(_answerTokens, other._answerTokens);
        Sum(_answerSeconds, other._answerSeconds);
        Sum(_verifyDollars, other._verifyDollars);
        Sum(_observed, other._observed);
    }

    /// <summary>Weight of confidences of <paramref name="model"/> in one cell of <see cref="ConfidenceGrid"/>, by the answer's quality.</summary>
    internal ReadOnlySpan<double> Confidences(int model, bool good) => _confidence.AsSpan(ConfidenceIndex(model, good, 0), ConfidenceGrid.Size);

    /// <summary>Share of queries for which a confidence of <paramref name="model"/> was observed.</summary>
    internal double ObservedShare(int model) => Weight > 0 ? _observed[model] / Weight : 0;

    /// <summary>Mean cost of an answer.</summary>
    internal CascadeCost AnswerCost(int model) => Weight > 0
        ? new(_answerDollars[model] / Weight, _answerTokens[model] / Weight, _answerSeconds[model] / Weight)
        : default;

    /// <summary>Mean cost of a verification.</summary>
    internal CascadeCost VerifyCost(int model) => Weight > 0 ? new(_verifyDollars[model] / Weight, 0, 0) : default;

    /// <summary>How often the answers of two models were the same, given whether each was correct.</summary>
    internal (double Same, double Total) Agreement(int earlier, int later, bool earlierGood, bool laterGood)
    {
        int at = AgreementIndex(earlier, later, earlierGood, laterGood);
        return (_agreement[at], _agreement[at + 1]);
    }

    /// <summary>
    /// How often an answer joined a group of so many (capped) earlier answers of the same correctness, where it was the only
    /// such group.
    /// </summary>
    internal (double Joined, double Total) Joining(bool good, int size)
    {
        int at = JoiningIndex(good, size);
        return (_joining[at], _joining[at + 1]);
    }

    /// <summary>The distinct rows that were counted: qualities and confidence cells (rows x models) and weights, in a fixed order.</summary>
    /// <remarks>A cell of <see cref="ConfidenceGrid.Size"/> stands for no confidence.</remarks>
    internal (double[] Qualities, short[] Cells, double[] Weights) Rows()
    {
        int n = _models.Length;
        double[] qualities = new double[_patterns.Count * n];
        short[] cells = new short[_patterns.Count * n];
        double[] weights = new double[_patterns.Count];
        int row = 0;
        foreach ((string pattern, double weight) in _patterns.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            for (int m = 0; m < n; m++)
            {
                qualities[(row * n) + m] = pattern[2 * m] / (double)QualitySteps;
                cells[(row * n) + m] = (short)pattern[(2 * m) + 1];
            }

            weights[row++] = weight;
        }

        return (qualities, cells, weights);
    }

    private void AddPattern(TraceTable table, int row, double weight)
    {
        string pattern = string.Create(_models.Length * 2, (table, row), static (span, at) =>
        {
            for (int m = 0; m < at.table.ModelCount; m++)
            {
                double confidence = at.table.Confidence(at.row, m);
                span[2 * m] = (char)Math.Round(at.table.Quality(at.row, m) * QualitySteps);
                span[(2 * m) + 1] = (char)(double.IsNaN(confidence) ? ConfidenceGrid.Size : ConfidenceGrid.Cell(confidence));
            }
        });
        _patterns[pattern] = _patterns.GetValueOrDefault(pattern) + weight;
    }

    private void AddAgreement(int earlier, int later, double earlierQuality, double laterQuality, bool same, double weight)
    {
        for (int e = 0; e < 2; e++)
        {
            for (int l = 0; l < 2; l++)
            {
                double share = weight * (e == 1 ? earlierQuality : 1 - earlierQuality) * (l == 1 ? laterQuality : 1 - laterQuality);
                int at = AgreementIndex(earlier, later, e == 1, l == 1);
                _agreement[at] += same ? share : 0;
                _agreement[at + 1] += share;
            }
        }
    }

    private void AddJoining(TraceTable table, int row, double weight)
    {
        for (int m = 1; m < _models.Length; m++)
        {
            bool good = table.Quality(row, m) >= 0.5;
            int group = -1;
            int size = 0;
            bool single = true;
            for (int earlier = 0; earlier < m; earlier++)
            {
                if (table.Quality(row, earlier) >= 0.5 == good)
                {
                    single &= group < 0 || group == table.SameAs(row, earlier);
                    group = table.SameAs(row, earlier);
                    size++;
                }
            }

            if (single && size > 0)
            {
                int at = JoiningIndex(good, size);
                _joining[at] += table.SameAs(row, m) == group ? weight : 0;
                _joining[at + 1] += weight;
            }
        }
    }

    private static int JoiningIndex(bool good, int size) =>
        2 * (((good ? 1 : 0) * AgreementModel.GroupSizes) + Math.Min(size, AgreementModel.GroupSizes) - 1);

    private static int ConfidenceIndex(int model, bool good, int cell) => (((model * 2) + (good ? 1 : 0)) * ConfidenceGrid.Size) + cell;

    private int AgreementIndex(int earlier, int later, bool earlierGood, bool laterGood) =>
        (((earlier * _models.Length) + later) * 8) + (earlierGood ? 4 : 0) + (laterGood ? 2 : 0);

    private static void Sum(double[] to, double[] from) => TensorPrimitives.Add(to, from, to);
}
