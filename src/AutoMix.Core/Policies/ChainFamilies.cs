using AutoMix.Estimation;

namespace AutoMix.Policies;

/// <summary>The families whose policies are chains of thresholds.</summary>
internal static class ChainFamilies
{
    private const PolicyNeeds Needs = PolicyNeeds.Labels | PolicyNeeds.Prices | PolicyNeeds.Confidences;

    // Thresholds tried per model, by the length of the chain: long chains are many.
    private static readonly int[] GridSizes = [0, 0, 24, 12, 7, 5];
    private const int LongestGridChain = 5;
    private const int MostModels = 12;

    public static IReadOnlyList<PolicyFamily> All { get; } =
    [
        new("always", "Baseline: always the one model that serves the objective best", Always),
        new("grid-thresholds", "Baseline: every threshold of a grid, for every chain of models", GridThresholds, Needs),
        new("rational-thresholds", "Rational tuning of LLM cascades (Zellinger and Thomson, 2025)", RationalThresholds, Needs),
        new("early-abstention", "Cost-saving LLM cascades with early abstention (Zellinger, Liu and Thomson, 2025)", EarlyAbstention, Needs),
        new("controlled-risk", "Efficiently deploying LLMs with controlled risk (Zellinger and Thomson, 2024)", ControlledRisk.Train, Needs),
        new("margin", "Optimising calls to LLMs with uncertainty-based two-tier selection (Ramirez, Birch and Titov, 2024)", table => FamilyTraining.BestOf(table, MarginPolicy.Enumerate), Needs),
        new("ensemble", "Harnessing multiple LLMs: a survey on LLM ensemble (Chen et al., 2025), ensemble after inference", table => FamilyTraining.BestOf(table, EnsemblePolicy.Enumerate), Needs | PolicyNeeds.Agreement),
    ];

    /// <summary>Always one model, whose answer is accepted unread.</summary>
    public static ChainPolicy Single(string name, IReadOnlyList<string> models, int model) =>
        new(name, models, [.. Enumerable.Range(0, models.Count).Select(m => m == model ? 0 : double.PositiveInfinity)]);

    private static TrainedFamily Always(TraceTable table) => FamilyTraining.BestOf(
        table, rows => [.. Enumerable.Range(0, rows.ModelCount).Select(m => Candidate.Measure(Single("always", rows.Models, m), rows))]);

    private static TrainedFamily GridThresholds(TraceTable table) => FamilyTraining.BestOf(table, Grid);

    // Thresholds come from the model alone; which chain of models to tune is decided on the training traces.
    private static TrainedFamily RationalThresholds(TraceTable table)
    {
        IReadOnlyList<CascadeObjective> weights = CrossValidation.Objectives(table);
        return FamilyTraining.BestOf(table, rows =>
        {
            var model = DependentConfidences.Fit(rows);
            return [.. Chains(model).SelectMany(chain => weights
                .Select(weight => RationalTuning.Solve(model, weight, "rational-thresholds", AbstentionStage.Never, chain: chain).Policy)
                .DistinctBy(policy => string.Join(' ', policy.AcceptFrom))
                .Select(policy => Candidate.Measure(policy, rows)))];
        });
    }

    private static TrainedFamily EarlyAbstention(TraceTable table) => FamilyTraining.PerObjective(table, (rows, objectives) =>
    {
        var model = DependentConfidences.Fit(rows);
        return [.. objectives.Select(objective => Chains(model)
            .Select(chain => Candidate.Measure(
                RationalTuning.Solve(model, objective, "early-abstention", objective.AbstainReward is null ? AbstentionStage.Never : AbstentionStage.Any, chain: chain).Policy, rows))
            .MaxBy(candidate => candidate.Value(objective)).Make())];
    });

    // A chain goes on from a confidence; where a model has none, or none to speak of, it can only end there.
    private static IEnumerable<ulong> Chains(DependentConfidences model)
    {
        int models = Math.Min(model.Models.Count, MostModels);
        for (ulong chain = 1; chain < 1UL << models; chain++)
        {
            ulong members = chain;
            int last = System.Numerics.BitOperations.Log2(chain);
            if (System.Numerics.BitOperations.PopCount(chain) <= LongestGridChain && Enumerable.Range(0, last).All(m => (members >> m & 1) == 0 || model.Known[m]))
            {
                yield return chain;
            }
        }
    }

    private static List<Candidate> Grid(TraceTable table)
    {
        var candidates = new List<Candidate>();
        double[][] seen = [.. Enumerable.Range(0, table.ModelCount).Select(m =>
            (double[])[.. Enumerable.Range(0, table.RowCount).Select(row => table.Confidence(row, m)).Where(c => !double.IsNaN(c)).Order()])];
        if (table.ModelCount > MostModels)
        {
            throw new ArgumentException($"'grid-thresholds' tries every chain of models, of at most {MostModels}; there are {table.ModelCount}. Take 'rational-thresholds', or traces of fewer models.", nameof(table));
        }

        for (int chain = 1; chain < 1 << table.ModelCount; chain++)
        {
            int[] members = [.. Enumerable.Range(0, table.ModelCount).Where(m => (chain >> m & 1) != 0)];
            if (members.Length <= LongestGridChain)
            {
                double[] thresholds = new double[table.ModelCount];
                Array.Fill(thresholds, double.PositiveInfinity);
                Enumerate(table, seen, members, 0, thresholds, candidates);
            }
        }

        return candidates;
    }

    private static void Enumerate(TraceTable table, double[][] seen, int[] members, int at, double[] thresholds, List<Candidate> candidates)
    {
        int model = members[at];
        if (at == members.Length - 1)
        {
            thresholds[model] = 0;
            candidates.Add(Measure(table, members, thresholds));
            return;
        }

        int size = GridSizes[members.Length];
        double last = double.NaN;
        for (int k = 1; k <= size; k++)
        {
            double threshold = seen[model].Length == 0 ? double.NaN : seen[model][(seen[model].Length - 1) * k / size];
            if (threshold > 0 && threshold != last)
            {
                last = threshold;
                thresholds[model] = threshold;
                Enumerate(table, seen, members, at + 1, thresholds, candidates);
            }
        }
    }

    private static Candidate Measure(TraceTable table, int[] members, double[] thresholds)
    {
        double quality = 0;
        CascadeCost cost = default;
        int n = table.RowCount;
        for (int row = 0; row < n; row++)
        {
            foreach (int m in members)
            {
                bool read = thresholds[m] > 0;
                cost += new CascadeCost(table.AnswerCost(row, m) + (read ? table.VerifyCost(row, m) : 0), table.Tokens(row, m), table.Seconds(row, m));
                if (!read || table.Confidence(row, m) >= thresholds[m])
                {
                    quality += table.Quality(row, m);
                    break;
                }
            }
        }

        double[] kept = [.. thresholds];
        return new Candidate(quality / n, 0, new(cost.Dollars / n, cost.Tokens / n, cost.Seconds / n), () => new ChainPolicy("grid-thresholds", table.Models, kept));
    }
}
