using System.Text.Json.Serialization;

namespace AutoMix.Policies;

/// <summary>
/// A chain of thresholds: models in order, each answer accepted if its confidence reaches the model's threshold, otherwise the
/// next model is asked. The Threshold method of AutoMix (Aggarwal, Madaan et al., 2023), for any number of models.
/// </summary>
/// <remarks>
/// A threshold of 0 accepts without verifying; positive infinity skips the model. An unknown confidence escalates. The last
/// model that may be called is accepted as it is. Immutable; safe for concurrent use.
/// </remarks>
public sealed class ThresholdPolicy : ICascadePolicy
{
    /// <summary>The threshold that skips a model.</summary>
    public const double Skip = double.PositiveInfinity;

    internal const int Quantiles = 20;
    private const int Rounds = 4;

    // With more, escalation to the best model is enough: the number of pairs grows with the square.
    private const int MostPairedModels = 12;
    private readonly double[] _thresholds;
    private readonly double[] _abstainBelow;

    /// <param name="models">The models' names, cheapest first.</param>
    /// <param name="thresholds">One threshold per model: 0 or more, or <see cref="Skip"/>.</param>
    /// <exception cref="ArgumentException">The lists do not match, a threshold is negative or NaN, or every model is skipped.</exception>
    public ThresholdPolicy(IEnumerable<string> models, IEnumerable<double> thresholds)
        : this("threshold", [.. models ?? throw new ArgumentNullException(nameof(models))], [.. thresholds ?? throw new ArgumentNullException(nameof(thresholds))], fitted: false)
    {
    }

    /// <summary>Creates a chain that can also give a query up: if the confidence in the latest answer is below its model's lower threshold, or unknown in the end.</summary>
    /// <param name="name">The key of the family.</param>
    /// <param name="models">The models' names, cheapest first.</param>
    /// <param name="thresholds">One threshold per model: 0 or more, or <see cref="Skip"/>.</param>
    /// <param name="abstainBelow">One lower threshold per model; all 0 if null.</param>
    /// <param name="fitted">Whether the thresholds were tuned on traces.</param>
    [JsonConstructor]
    internal ThresholdPolicy(string name, IReadOnlyList<string> models, IReadOnlyList<double> thresholds, IReadOnlyList<double>? abstainBelow = null, bool fitted = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ModelList.Check(models, nameof(models));
        Name = name;
        Models = [.. models];
        _thresholds = [.. thresholds];
        _abstainBelow = abstainBelow is null ? new double[_thresholds.Length] : [.. abstainBelow];
        Fitted = fitted;
        if (_thresholds.Length != models.Count || _thresholds.Any(t => !(t >= 0)) || _thresholds.All(double.IsPositiveInfinity))
        {
            throw new ArgumentException(
                $"Give one threshold per model ({models.Count}), each 0 or more or ThresholdPolicy.Skip, not all of them Skip; got [{string.Join(", ", _thresholds)}].", nameof(thresholds));
        }

        if (_abstainBelow.Length != models.Count || _abstainBelow.Any(t => !(t >= 0)))
        {
            throw new ArgumentException($"Give one lower threshold per model ({models.Count}), each 0 or more; got [{string.Join(", ", _abstainBelow)}].", nameof(abstainBelow));
        }
    }

    /// <inheritdoc/>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Name { get; }

    /// <inheritdoc/>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<string> Models { get; }

    /// <summary>One threshold per model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<double> Thresholds => _thresholds;

    [JsonInclude, JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    internal IReadOnlyList<double> AbstainBelow => _abstainBelow;

    [JsonInclude, JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    internal bool Fitted { get; }

    /// <inheritdoc/>
    /// <remarks>True if the thresholds were tuned on traces, or look at no confidence at all.</remarks>
    public bool IsCalibrated => Fitted || Needs == PolicyNeeds.None;

    /// <inheritdoc/>
    public PolicyNeeds Needs => _thresholds.Any(t => t > 0 && double.IsFinite(t)) || _abstainBelow.Any(t => t > 0) ? PolicyNeeds.Confidences : PolicyNeeds.None;

    /// <inheritdoc/>
    public IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) =>
        [.. new[] { _abstainBelow[model], _thresholds[model] }.Where(edge => edge is > 0 and <= 1).Order()];

    /// <inheritdoc/>
    public CascadeAction Decide(CascadeHistory history)
    {
        FittedPolicy.CheckSize(history, _thresholds.Length);
        int latest = -1;
        for (int m = 0; m < _thresholds.Length; m++)
        {
            if (!history.IsCalled(m))
            {
                continue;
            }

            latest = m;
            if (IsUnread(m) || history.Confidence(m) >= Math.Max(_thresholds[m], _abstainBelow[m]))
            {
                return CascadeAction.Accept(m);
            }
        }

        int next = Next(history, latest + 1);
        if (latest >= 0 && (_abstainBelow[latest] > 0 || (next >= 0 && !double.IsInfinity(_thresholds[latest]))))
        {
            if (history.CanVerify(latest))
            {
                return CascadeAction.Verify(latest);
            }

            double confidence = history.Confidence(latest);
            if (confidence < _abstainBelow[latest] || (double.IsNaN(confidence) && next < 0))
            {
                return CascadeAction.Abstain;
            }
        }

        if (next >= 0)
        {
            return CascadeAction.Call(next, final: IsUnread(next) || (_abstainBelow[next] == 0 && Next(history, next + 1) < 0));
        }

        // If no model of the chain can be called, another one stands in for the most expensive of them.
        return latest >= 0
            ? CascadeAction.Accept(latest)
            : FittedPolicy.Substitute(history, CascadeAction.Call(Array.FindLastIndex(_thresholds, threshold => !double.IsInfinity(threshold)), final: true));
    }

    /// <summary>Tunes the thresholds on traces: coordinate ascent on the objective over quantiles of each model's confidence.</summary>
    /// <param name="table">Training traces.</param>
    /// <param name="objective">The value to maximise; abstention is not used.</param>
    public static ThresholdPolicy Fit(TraceTable table, CascadeObjective objective)
    {
        ArgumentNullException.ThrowIfNull(table);
        objective.Check(nameof(objective));
        double[] best = [];
        double highest = double.NegativeInfinity;
        double[][] choices = [.. Enumerable.Range(0, table.ModelCount).Select(m => Choices(table, m))];

        // Ascent from each single model, and from the whole chain at its medians.
        for (int start = 0; start <= table.ModelCount; start++)
        {
            double[] thresholds = new double[table.ModelCount];
            for (int m = 0; m < thresholds.Length; m++)
            {
                thresholds[m] = start == m ? 0 : start < table.ModelCount ? Skip : choices[m][Quantiles / 2];
            }

            double value = Ascend(table, objective, choices, thresholds);
            if (value > highest)
            {
                highest = value;
                best = thresholds;
            }
        }

        return new ThresholdPolicy("threshold", table.Models, best);
    }

    /// <summary>Creates the policy that calls one model and accepts its answer as it is.</summary>
    /// <param name="models">The models' names.</param>
    /// <param name="model">The index of the model to call.</param>
    public static ThresholdPolicy Always(IReadOnlyList<string> models, int model)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentOutOfRangeException.ThrowIfNegative(model);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(model, models.Count);
        return Always("threshold", models, model);
    }

    /// <summary>Measures each model called alone, without verification.</summary>
    internal static IReadOnlyList<Candidate> Singles(TraceTable table, string name) =>
        [.. Enumerable.Range(0, table.ModelCount).Select(m => Candidate.Measure(Always(name, table.Models, m), table))];

    internal static ThresholdPolicy Always(string name, IReadOnlyList<string> models, int model) =>
        new(name, models, [.. Enumerable.Range(0, models.Count).Select(m => m == model ? 0 : Skip)]);

    internal static IReadOnlyList<ICascadePolicy> FitAll(TraceTable table, IReadOnlyList<CascadeObjective> objectives) =>
        [.. objectives.Select(objective => Fit(table, objective))];

    /// <summary>
    /// Lists chains of two: the cheaper model's answer is accepted from a quantile of its confidences on, otherwise the more
    /// expensive one is asked. Pair after pair, half as many thresholds as quantiles each, ascending.
    /// </summary>
    internal static IReadOnlyList<ICascadePolicy> Pairs(TraceTable table)
    {
        var policies = new List<ICascadePolicy>();
        for (int large = 1; large < table.ModelCount; large++)
        {
            for (int small = 0; small < large && (table.ModelCount <= MostPairedModels || large == table.ModelCount - 1); small++)
            {
                double[] choices = Choices(table, small);
                for (int k = 1; k < Quantiles; k += 2)
                {
                    policies.Add(new ThresholdPolicy("threshold", table.Models, [.. Enumerable.Range(0, table.ModelCount).Select(m => m == small ? choices[k] : m == large ? 0 : Skip)]));
                }
            }
        }

        return policies;
    }

    /// <summary>Measures a chain on traces, as replaying it would.</summary>
    internal static (double Quality, CascadeCost Cost) Measure(TraceTable table, double[] thresholds)
    {
        int last = Array.FindLastIndex(thresholds, t => !double.IsInfinity(t));
        double quality = 0;
        CascadeCost cost = default;
        for (int row = 0; row < table.RowCount; row++)
        {
            for (int m = 0; m <= last; m++)
            {
                if (double.IsInfinity(thresholds[m]))
                {
                    continue;
                }

                bool read = m < last && thresholds[m] > 0;
                cost += table.Cost(row, m) + new CascadeCost(read ? table.VerifyCost(row, m) : 0);
                if (!read || table.Confidence(row, m) >= thresholds[m])
                {
                    quality += table.Quality(row, m);
                    break;
                }
            }
        }

        return (quality / table.RowCount, new(cost.Dollars / table.RowCount, cost.Tokens / table.RowCount, cost.Seconds / table.RowCount));
    }

    /// <summary>Lists 0, the quantiles of the model's confidences, and <see cref="Skip"/>; all quantiles are <see cref="Skip"/> if it has none.</summary>
    internal static double[] Choices(TraceTable table, int model)
    {
        double[] seen = [.. table.Confidences(model).Order()];
        return
        [
            0,
            .. Enumerable.Range(1, Quantiles).Select(q => seen.Length == 0 ? Skip : Math.Max(seen[(seen.Length - 1) * q / Quantiles], double.Epsilon)),
            Skip,
        ];
    }

    private bool IsUnread(int model) => _thresholds[model] == 0 && _abstainBelow[model] == 0;

    private int Next(CascadeHistory history, int from)
    {
        for (int m = from; m < _thresholds.Length; m++)
        {
            if (!history.IsExcluded(m) && !history.IsCalled(m) && !double.IsInfinity(_thresholds[m]))
            {
                return m;
            }
        }

        return -1;
    }

    private static double Ascend(TraceTable table, CascadeObjective objective, double[][] choices, double[] thresholds)
    {
        double value = Value(table, objective, thresholds);
        for (int round = 0; round < Rounds; round++)
        {
            double before = value;
            for (int m = 0; m < thresholds.Length; m++)
            {
                double kept = thresholds[m];
                foreach (double choice in choices[m])
                {
                    thresholds[m] = choice;
                    double changed = Value(table, objective, thresholds);
                    if (changed > value)
                    {
                        value = changed;
                        kept = choice;
                    }
                }

                thresholds[m] = kept;
            }

            if (value <= before)
            {
                break;
            }
        }

        return value;
    }

    private static double Value(TraceTable table, CascadeObjective objective, double[] thresholds)
    {
        (double quality, CascadeCost cost) = Measure(table, thresholds);
        return thresholds.All(double.IsPositiveInfinity) ? double.NegativeInfinity : quality - objective.Price(cost);
    }
}
