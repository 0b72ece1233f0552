using MathNet.Numerics.Distributions;

namespace AutoMix.Policies;

/// <summary>
/// Selective prediction with a promise: of the queries that the policy answers, at most so many are answered wrongly, with a
/// confidence that holds whatever the distribution of queries, as long as they come from the one of the training traces.
/// </summary>
/// <remarks>
/// After Zellinger and Thomson, Efficiently deploying LLMs with controlled risk (2024): a cascade whose models accept, delegate
/// or give up. Half of the traces choose its thresholds; the other half certifies one last threshold, by testing thresholds in
/// a fixed order against the hypothesis that the error is above the promise (exact binomial test, family-wise error below
/// 1 - confidence). Graded qualities use the Hoeffding-Bentkus inequality in its place.
/// </remarks>
public sealed class ControlledRisk
{
    // Positions at which the walk from strict to loose starts, as multiples of the fewest answers that can prove anything.
    private static readonly double[] Starts = [1.3, 2, 3.5, 6];

    // How much of the promise the choosing half may use up, so that the certifying half has room for chance.
    private const double Room = 0.6;

    private static readonly double[] Rewards = [0, 0.5, 0.8, 0.95];

    private ControlledRisk(ICascadePolicy policy, double maxError, double confidence, double coverage)
    {
        Policy = policy;
        MaxError = maxError;
        Confidence = confidence;
        Coverage = coverage;
    }

    /// <summary>The policy; it abstains from everything where nothing could be promised.</summary>
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
        ArgumentOutOfRangeException.ThrowIfNotEqual(maxError > 0 && maxError < 1, true, nameof(maxError));
        ArgumentOutOfRangeException.ThrowIfNotEqual(confidence > 0 && confidence < 1, true, nameof(confidence));
        if (table.RowCount < 2)
        {
            throw new ArgumentException("Controlled risk needs at least two rows: some to choose thresholds, others to certify them.", nameof(table));
        }

        int[] order = [.. Enumerable.Range(0, table.RowCount).OrderBy(row => RequestKeys.Uniform(2, table.Key(row)))];
        TraceTable choosing = table.SelectRows(order.AsSpan(0, order.Length / 2));
        TraceTable certifying = table.SelectRows(order.AsSpan(order.Length / 2));
        var model = DependentConfidences.Fit(choosing);
        RiskPolicy chosen = Choose(choosing, model, maxError, objective);
        (double threshold, double coverage) = Certify(certifying, chosen, Scores(choosing, chosen), maxError, 1 - confidence);
        return new ControlledRisk(chosen.With(threshold), maxError, confidence, coverage);
    }

    // The cascade that answers most while its error on the choosing half leaves room.
    private static RiskPolicy Choose(TraceTable table, DependentConfidences model, double maxError, CascadeObjective objective)
    {
        RiskPolicy? best = null;
        double highest = -1;
        foreach (double reward in Rewards)
        {
            (ChainPolicy chain, _) = RationalTuning.Solve(model, objective with { AbstainReward = reward }, "controlled-risk", AbstentionStage.Any, read: true);
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

    private static double[] Scores(TraceTable table, RiskPolicy policy) =>
        [.. Run(table, policy).Select(a => a.Score).Where(score => !double.IsNaN(score)).OrderDescending()];

    // The thresholds tried, and their order, come from the choosing half: only then is a test's error what it says.
    private static (double Threshold, double Coverage) Certify(TraceTable table, RiskPolicy policy, double[] scores, double maxError, double miss)
    {
        (double Score, double Error)[] answered = [.. Run(table, policy).Where(a => !double.IsNaN(a.Score))];
        double fewest = Math.Log(miss / Starts.Length) / Math.Log(1 - maxError);
        double loosest = double.PositiveInfinity;
        double coverage = 0;
        foreach (double start in Starts)
        {
            // Several starts share the risk of a false promise.
            for (double at = start * fewest; at < scores.Length; at *= 1.05)
            {
                double threshold = scores[(int)at];
                double error = answered.Where(a => a.Score >= threshold).Sum(a => a.Error);
                int count = answered.Count(a => a.Score >= threshold);
                if (PValue(error, count, maxError, table) > miss / Starts.Length)
                {
                    break;
                }

                if (threshold < loosest)
                {
                    loosest = threshold;
                    coverage = (double)count / table.RowCount;
                }
            }
        }

        return (loosest, coverage);
    }

    // P(so few errors | the error is just above the promise), at most.
    private static double PValue(double error, int count, double maxError, TraceTable table)
    {
        if (count == 0)
        {
            return 1;
        }

        bool graded = Enumerable.Range(0, table.RowCount).Any(row => Enumerable.Range(0, table.ModelCount).Any(m => table.Quality(row, m) is > 0 and < 1));
        if (!graded)
        {
            return Binomial.CDF(maxError, count, Math.Round(error));
        }

        double mean = error / count;
        double bentkus = Math.E * Binomial.CDF(maxError, count, Math.Ceiling(error));
        double hoeffding = mean >= maxError ? 1 : Math.Exp(-count * Divergence(mean, maxError));
        return Math.Min(bentkus, hoeffding);
    }

    private static double Divergence(double a, double b) =>
        (a > 0 ? a * Math.Log(a / b) : 0) + (a < 1 ? (1 - a) * Math.Log((1 - a) / (1 - b)) : 0);

    // Score and error of every row that is answered; NaN where it is given up.
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

    internal static TrainedFamily Train(TraceTable table) => FamilyTraining.PerObjective(table, (rows, objectives) =>
    {
        // No more errors among the answered than the best single model makes: what a user would expect without being asked.
        double best = Enumerable.Range(0, rows.ModelCount).Max(m => Enumerable.Range(0, rows.RowCount).Average(row => rows.Quality(row, m)));
        double maxError = Math.Clamp(1 - best, 0.02, 0.5);
        return [.. objectives.Select(objective => Fit(rows, maxError, 0.95, objective).Policy)];
    });
}
