using System.Globalization;
using System.Numerics.Tensors;
using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Learning;

/// <summary><see cref="EvidenceSums"/> as a table that estimation reads: one row per distinct request, with its weight and fold.</summary>
internal sealed class Evidence
{
    private readonly double[] _weights;
    private readonly int[] _folds;

    private Evidence(TraceTable table, double[] weights, int[] folds, double effectiveSize)
    {
        Table = table;
        EffectiveSize = effectiveSize;
        double total = weights.Sum();
        _weights = [.. weights.Select(w => w / total * effectiveSize)];
        _folds = folds;
    }

    public TraceTable Table { get; }

    /// <summary>The number of requests of equal weight that would say as much (Kish, 1965).</summary>
    public double EffectiveSize { get; }

    /// <summary>The weights of the rows, which sum to <see cref="EffectiveSize"/>.</summary>
    public double[] Weights => _weights;

    public double Mean(double[] values) => TensorPrimitives.Dot<double>(values, _weights) / EffectiveSize;

    public OperatingPoint Point(HeldOutRows rows, double costWeight) => new(costWeight, Mean(rows.Quality), Mean(rows.Cost));

    public int Fold(int row) => _folds[row];

    /// <summary>How many labels of equal weight the sums amount to.</summary>
    public static double SizeOf(EvidenceSums sums)
    {
        double squares = sums[EvidenceSums.Squares];
        return squares > 0 ? sums[EvidenceSums.Weight] * sums[EvidenceSums.Weight] / squares : 0;
    }

    /// <summary>Null where there is no labelled request, or a model whose cost is unknown.</summary>
    public static Evidence? From(EvidenceSums sums, IReadOnlyList<string> models)
    {
        TraceAnswer[] answers = new TraceAnswer[models.Count];
        for (int m = 0; m < answers.Length; m++)
        {
            double n = sums[EvidenceSums.CostName(m, "n")];
            double verified = sums[EvidenceSums.CostName(m, "vn")];
            if (!(n > 0))
            {
                return null;
            }

            answers[m] = new()
            {
                Model = models[m],
                Answer = "",
                Quality = 0,
                AnswerCost = sums[EvidenceSums.CostName(m, "usd")] / n,
                OutputTokens = (long)Math.Round(sums[EvidenceSums.CostName(m, "tokens")] / n),
                Seconds = sums[EvidenceSums.CostName(m, "seconds")] / n,
                VerifyCost = verified > 0 ? sums[EvidenceSums.CostName(m, "vusd")] / verified : 0,
            };
        }

        var records = new List<TraceRecord>();
        var weights = new List<double>();
        var folds = new List<int>();
        foreach ((string name, double weight) in sums.Sums.Where(s => EvidenceSums.IsRequest(s.Key)).OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            string[] parts = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(';');
            if (parts.Length == models.Count && weight > 0)
            {
                records.Add(new() { Id = name, Answers = [.. parts.Select((part, m) => Answer(answers[m], part))] });
                weights.Add(weight);
                folds.Add(name[1] - '0');
            }
        }

        return records.Count == 0 ? null : new(TraceTable.From(records), [.. weights], [.. folds], SizeOf(sums));
    }

    public CascadeCounts Counts(int? withoutFold = null)
    {
        var counts = new CascadeCounts(Table.Models);
        for (int row = 0; row < Table.RowCount; row++)
        {
            if (_folds[row] != withoutFold)
            {
                counts.Add(Table, row, _weights[row]);
            }
        }

        return counts;
    }

    private static TraceAnswer Answer(TraceAnswer costs, string part)
    {
        string[] fields = part.Split(',');
        int cell = int.Parse(fields[1], CultureInfo.InvariantCulture);
        return costs with
        {
            Quality = int.Parse(fields[0], CultureInfo.InvariantCulture) / (double)EvidenceSums.QualitySteps,
            Confidence = cell == ConfidenceGrid.Size ? null : Logistic.Sigmoid(ConfidenceGrid.Centre(cell)),
            Answer = $"group {fields[2]}",
        };
    }
}
