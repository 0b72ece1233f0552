using AutoMix.Policies;

namespace AutoMix;

/// <summary>
/// A chain of thresholds: models in order, each answer accepted where its confidence reaches the model's threshold, else the
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
    private readonly string[] _models;
    private readonly double[] _thresholds;

    /// <param name="models">The models' names, cheapest first.</param>
    /// <param name="thresholds">One threshold per model: 0 or more, or <see cref="Skip"/>.</param>
    /// <exception cref="ArgumentException">The lists do not match, a threshold is negative or NaN, or every model is skipped.</exception>
    public ThresholdPolicy(IEnumerable<string> models, IEnumerable<double> thresholds)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(thresholds);
        _models = [.. models];
        _thresholds = [.. thresholds];
        ModelList.Check(_models, nameof(models));
        if (_thresholds.Length != _models.Length || _thresholds.Any(t => !(t >= 0)) || _thresholds.All(double.IsPositiveInfinity))
        {
            throw new ArgumentException(
                $"Give one threshold per model ({_models.Length}), each 0 or more or ThresholdPolicy.Skip, not all of them Skip; got [{string.Join(", ", _thresholds)}].", nameof(thresholds));
        }
    }

    /// <inheritdoc/>
    public string Name => "threshold";

    /// <inheritdoc/>
    public IReadOnlyList<string> Models => _models;

    /// <inheritdoc/>
    /// <remarks>As <see cref="Fit"/> made it, or where it looks at no confidence at all.</remarks>
    public bool IsCalibrated => Fitted || _thresholds.All(t => t == 0 || double.IsInfinity(t));

    internal bool Fitted { get; init; }

    /// <summary>One threshold per model.</summary>
    public IReadOnlyList<double> Thresholds => _thresholds;

    /// <inheritdoc/>
    public IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => _thresholds[model] is > 0 and <= 1 ? [_thresholds[model]] : [];

    /// <inheritdoc/>
    public CascadeAction Decide(CascadeHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.ModelCount != _models.Length)
        {
            throw new ArgumentException($"The history is for {history.ModelCount} models, the policy for {_models.Length}.", nameof(history));
        }

        int latest = -1;
        for (int m = 0; m < _models.Length; m++)
        {
            if (!history.IsCalled(m))
            {
                continue;
            }

            latest = m;
            if (history.Confidence(m) >= _thresholds[m] || _thresholds[m] == 0)
            {
                return CascadeAction.Accept(m);
            }
        }

        int next = Next(history, latest + 1);
        if (next < 0 && latest >= 0)
        {
            return CascadeAction.Accept(latest);
        }

        if (next < 0)
        {
            // None of the models that the thresholds name can be called: another stands in for the dearest of them.
            int named = Array.FindLastIndex(_thresholds, threshold => !double.IsInfinity(threshold));
            return FittedPolicy.Substitute(history, CascadeAction.Call(named, final: true));
        }

        if (latest >= 0 && history.CanVerify(latest) && !double.IsInfinity(_thresholds[latest]))
        {
            return CascadeAction.Verify(latest);
        }

        return CascadeAction.Call(next, final: _thresholds[next] == 0 || Next(history, next + 1) < 0);
    }

    /// <summary>Tunes the thresholds on traces: coordinate ascent on the objective over quantiles of each model's confidence.</summary>
    /// <param name="table">Training traces.</param>
    /// <param name="objective">What to maximise; abstention is not used.</param>
    public static ThresholdPolicy Fit(TraceTable table, CascadeObjective objective)
    {
        ArgumentNullException.ThrowIfNull(table);
        objective.Check(nameof(objective));
        double[] best = [];
        double highest = double.NegativeInfinity;

        // Ascent from each single model, and from the whole chain at its medians.
        for (int start = 0; start <= table.ModelCount; start++)
        {
            double[] thresholds = new double[table.ModelCount];
            for (int m = 0; m < thresholds.Length; m++)
            {
                thresholds[m] = start == m ? 0 : start < table.ModelCount ? Skip : Choices(table, m)[Quantiles / 2];
            }

            double value = Ascend(table, objective, thresholds);
            if (value > highest)
            {
                highest = value;
                best = thresholds;
            }
        }

        return new ThresholdPolicy(table.Models, best) { Fitted = true };
    }

    /// <summary>One model, whose answer is accepted as it is.</summary>
    /// <param name="models">The models' names.</param>
    /// <param name="model">Index of the model to call.</param>
    public static ThresholdPolicy Always(IReadOnlyList<string> models, int model)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentOutOfRangeException.ThrowIfNegative(model);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(model, models.Count);
        return new ThresholdPolicy(models, Enumerable.Range(0, models.Count).Select(m => m == model ? 0 : Skip));
    }

    internal static IReadOnlyList<ICascadePolicy> FitAll(TraceTable table, IReadOnlyList<CascadeObjective> objectives) =>
        [.. objectives.Select(objective => Fit(table, objective))];

    /// <summary>0, the quantiles of the model's confidences, and <see cref="Skip"/>; all quantiles are <see cref="Skip"/> where it has none.</summary>
    internal static double[] Choices(TraceTable table, int model)
    {
        double[] seen = [.. Enumerable.Range(0, table.RowCount).Select(row => table.Confidence(row, model)).Where(c => !double.IsNaN(c)).Order()];
        double[] choices = new double[Quantiles + 2];
        choices[0] = 0;
        for (int q = 1; q <= Quantiles; q++)
        {
            choices[q] = seen.Length == 0 ? Skip : Math.Max(seen[(seen.Length - 1) * q / Quantiles], double.Epsilon);
        }

        choices[^1] = Skip;
        return choices;
    }

    private int Next(CascadeHistory history, int from)
    {
        for (int m = from; m < _models.Length; m++)
        {
            if (!history.IsExcluded(m) && !history.IsCalled(m) && !double.IsInfinity(_thresholds[m]))
            {
                return m;
            }
        }

        return -1;
    }

    private static double Ascend(TraceTable table, CascadeObjective objective, double[] thresholds)
    {
        double value = Value(table, objective, thresholds);
        for (int round = 0; round < Rounds; round++)
        {
            double before = value;
            for (int m = 0; m < thresholds.Length; m++)
            {
                double kept = thresholds[m];
                foreach (double choice in Choices(table, m))
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
        int last = Array.FindLastIndex(thresholds, t => !double.IsInfinity(t));
        if (last < 0)
        {
            return double.NegativeInfinity;
        }

        double value = 0;
        for (int row = 0; row < table.RowCount; row++)
        {
            for (int m = 0; m <= last; m++)
            {
                if (double.IsInfinity(thresholds[m]))
                {
                    continue;
                }

                value -= objective.Price(new CascadeCost(table.AnswerCost(row, m), table.Tokens(row, m), table.Seconds(row, m)));
                if (m < last && thresholds[m] > 0)
                {
                    value -= objective.Price(new CascadeCost(table.VerifyCost(row, m)));
                }

                if (m == last || thresholds[m] == 0 || table.Confidence(row, m) >= thresholds[m])
                {
                    value += table.Quality(row, m);
                    break;
                }
            }
        }

        return value / table.RowCount;
    }
}
