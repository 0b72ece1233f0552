using AutoMix.Evaluation;
using MathNet.Numerics.Distributions;

namespace AutoMix.Policies;

/// <summary>
/// Selective prediction with a promise: of the queries that the policy answers, at most so many are answered wrongly, with a
/// confidence that holds whatever the distribution of queries, as long as they come from the one of the training traces.
/// </summary>
/// <remarks>
/// After Zellinger and Thomson, Efficiently deploying LLMs with controlled risk (2024): a cascade whose models accept, delegate
/// or give up. A third of the traces chooses its thresholds; the others certify one last threshold, by fixed-sequence testing
/// against the hypothesis that the error is above the promise (exact binomial test): first the threshold that the choosing third
/// makes look easiest to prove, then looser ones, each at the whole risk of 1 - confidence, until one fails. Graded qualities use
/// the Hoeffding-Bentkus inequality in the test's place.
/// </remarks>
public sealed class ControlledRisk
{
    // The share of the rows that choose: proving a threshold takes more rows than guessing it.
    private const double Choosing = 1.0 / 3;

    // Thresholds are tested in steps of so much of the answered: finer ones are stopped by chance more often.
    private const double Step = 1.05;

    // How much of the promise the choosing half may use up, so that the certifying half has room for chance.
    private const double Room = 0.6;

    // Errors expected of a threshold beyond those seen in choosing, because chance hides some.
    private const double PriorErrors = 0.5;

    private static readonly double[] Rewards = [0, 0.5, 0.8, 0.95];

    private ControlledRisk(ICascadePolicy policy, double maxError, double confidence, double coverage)
    {
        Policy = policy;
        MaxError = maxError;
        Confidence = confidence;
        Coverage = coverage;
    }

    /// <summary>The policy; it abstains from every query if no promise could be certified.</summary>
    public ICascadePolicy Policy { get; }

    /// <summary>The promised largest share of errors among answered queries.</summary>
    public double MaxError { get; }

    /// <summary>The confidence with which the promise holds.</summary>
    public double Confidence { get; }

    /// <summary>Share of the certifying traces that the policy answered.</summary>
    public double Coverage { get; }

    /// <summary>Fits and certifies a policy.</summary>
    /// <param name="table">Labelled traces with confidences.</param>
    /// <param name="maxError">Largest share of errors among answered queries, in (0, 1).</param>
    /// <param name="confidence">Confidence of the promise, in (0, 1).</param>
    /// <param name="objective">Weighs cost against answering.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is not in (0, 1).</exception>
    /// <exception cref="ArgumentException">There are fewer than two rows.</exception>
    public static ControlledRisk Fit(TraceTable table, double maxError, double confidence = 0.95, CascadeObjective objective = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Fit(table, maxError, confidence, [objective])[0];
    }

    // The rows are divided and the confidences are modelled once for all objectives.
    private static ControlledRisk[] Fit(TraceTable table, double maxError, double confidence, IReadOnlyList<CascadeObjective> objectives)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(maxError > 0 && maxError < 1, true, nameof(maxError));
        ArgumentOutOfRangeException.ThrowIfNotEqual(confidence > 0 && confidence < 1, true, nameof(confidence));
        if (table.RowCount < 2)
        {
            throw new ArgumentException("Controlled risk needs at least two rows: some to choose thresholds, others to certify them.", nameof(table));
        }

        int[] order = [.. Enumerable.Range(0, table.RowCount).OrderBy(row => RequestKeys.Uniform(2, table.Key(row)))];
        int share = Math.Max(1, (int)(order.Length * Choosing));
        TraceTable choosing = table.SelectRows(order.AsSpan(0, share));
        TraceTable certifying = table.SelectRows(order.AsSpan(share));
        var model = DependentConfidences.Fit(choosing);
        return [.. objectives.Select(objective =>
        {
            RiskPolicy chosen = Choose(choosing, model, maxError, objective);
            (double threshold, double coverage) = Certify(certifying, chosen, Sequence(choosing, chosen, maxError, certifying.RowCount), maxError, 1 - confidence);
            return new ControlledRisk(chosen with { Threshold = threshold }, maxError, confidence, coverage);
        })];
    }

    // The cascade that answers most while its error on the choosing half leaves room.
    private static RiskPolicy Choose(TraceTable table, DependentConfidences model, double maxError, CascadeObjective objective)
    {
        RiskPolicy? best = null;
        double highest = -1;
        foreach (double reward in Rewards)
        {
            (ThresholdPolicy chain, _) = RationalTuning.Solve(model, objective with { AbstainReward = reward }, "controlled-risk", AbstentionStage.Any, read: true);
            RiskPolicy policy = new(chain, model.Calibrations, [.. model.Accuracy.Select((a, m) => model.Known[m] ? double.NaN : a)], 0);
            (double Score, double Error)[] answered = Run(table, policy);

            // With the loosest threshold that keeps the error down, how much is answered?
            (double error, int count, int kept) = (0, 0, 0);
            foreach ((double score, double e) in answered.Where(a => !double.IsNaN(a.Score)).OrderByDescending(a => a.Score))
            {
                error += e;
                count++;
                kept = error <= Room * maxError * count ? count : kept;
            }

            double coverage = (double)kept / table.RowCount;
            if (best is null || coverage > highest + 0.01)
            {
                best = policy;
                highest = coverage;
            }
        }

        return best!;
    }

    // Fixed-sequence testing: as the thresholds and their order come from the choosing rows, each may be tested at the whole
    // risk, as long as the first that fails ends it.
    private static (double Threshold, double Coverage) Certify(TraceTable table, RiskPolicy policy, IEnumerable<double> thresholds, double maxError, double risk)
    {
        (double Score, double Error)[] answered = [.. Run(table, policy).Where(a => !double.IsNaN(a.Score))];
        bool graded = IsGraded(table);
        (double certified, double coverage) = (double.PositiveInfinity, 0);
        foreach (double threshold in thresholds)
        {
            double error = answered.Where(a => a.Score >= threshold).Sum(a => a.Error);
            int count = answered.Count(a => a.Score >= threshold);
            if (PValue(error, count, maxError, graded) > risk)
            {
                break;
            }

            (certified, coverage) = (threshold, (double)count / table.RowCount);
        }

        return (certified, coverage);
    }

    // The threshold that looks easiest to prove for so many certifying rows, then looser and looser ones.
    private static IEnumerable<double> Sequence(TraceTable table, RiskPolicy policy, double maxError, int certifyingRows)
    {
        (double Score, double Error)[] answered = [.. Run(table, policy).Where(a => !double.IsNaN(a.Score)).OrderByDescending(a => a.Score)];
        double scale = (double)certifyingRows / table.RowCount;
        (int first, double easiest) = (0, double.PositiveInfinity);
        double errors = PriorErrors;
        for (int i = 0; i < answered.Length; i++)
        {
            errors += answered[i].Error;
            double pValue = Binomial.CDF(maxError, Math.Max(1, (int)((i + 1) * scale)), errors * scale);
            if (pValue < easiest)
            {
                (first, easiest) = (i, pValue);
            }
        }

        for (double at = first; at < answered.Length; at = Math.Max(at + 1, at * Step))
        {
            yield return answered[(int)at].Score;
        }
    }

    // P(so few errors | the error is just above the promise), at most.
    private static double PValue(double error, int count, double maxError, bool graded)
    {
        if (count == 0)
        {
            return 1;
        }

        if (!graded)
        {
            return Binomial.CDF(maxError, count, Math.Round(error));
        }

        double mean = error / count;
        double bentkus = Math.E * Binomial.CDF(maxError, count, Math.Ceiling(error));
        double hoeffding = mean >= maxError ? 1 : Math.Exp(-count * Divergence(mean, maxError));
        return Math.Min(bentkus, hoeffding);
    }

    private static bool IsGraded(TraceTable table) =>
        Enumerable.Range(0, table.RowCount).Any(row => Enumerable.Range(0, table.ModelCount).Any(m => table.Quality(row, m) is > 0 and < 1));

    private static double Divergence(double a, double b) =>
        (a > 0 ? a * Math.Log(a / b) : 0) + (a < 1 ? (1 - a) * Math.Log((1 - a) / (1 - b)) : 0);

    // Score and error of every row; NaN for a row that is given up.
    private static (double Score, double Error)[] Run(TraceTable table, RiskPolicy policy)
    {
        var history = new CascadeHistory(table.ModelCount);
        var results = new (double, double)[table.RowCount];
        for (int row = 0; row < results.Length; row++)
        {
            CascadeOutcome outcome = CascadeReplay.Run(policy, table, row, history);
            results[row] = outcome.Model < 0 ? (double.NaN, 0) : (policy.Score(history, outcome.Model), 1 - outcome.Quality);
        }

        return results;
    }

    internal static TrainedFamily Train(TraceTable table) => TrainedFamily.PerObjective(table, (rows, objectives) =>
    {
        // The promise is the error of the best single model: a user expects no more errors than that.
        double best = Enumerable.Range(0, rows.ModelCount).Max(rows.MeanQuality);
        double maxError = Math.Clamp(1 - best, 0.02, 0.5);
        return [.. Fit(rows, maxError, 0.95, objectives).Select(fitted => fitted.Policy)];
    });
}
