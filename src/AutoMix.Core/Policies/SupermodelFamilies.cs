using AutoMix.Estimation;

namespace AutoMix.Policies;

/// <summary>Cascade routing and its two special cases.</summary>
internal static class SupermodelFamilies
{
    private const string Paper = "A unified approach to routing and cascading for LLMs (Dekoninck, Baader and Vechev, 2024)";

    // Rows from which it is measured how far estimates move; more change the figure little.
    private const int MostRows = 120;
    private const int MostModels = 8;

    public static IReadOnlyList<PolicyFamily> All { get; } =
    [
        new("cascade-routing", Paper, table => Train(table, "cascade-routing", SupermodelScope.Any), PolicyNeeds.Labels | PolicyNeeds.Prices | PolicyNeeds.Confidences),
        new("cascading", $"{Paper}, restricted to a fixed order", table => Train(table, "cascading", SupermodelScope.Prefix), PolicyNeeds.Labels | PolicyNeeds.Prices | PolicyNeeds.Confidences),
        new("routing", $"{Paper}, restricted to one model", table => Train(table, "routing", SupermodelScope.Single)),
    ];

    // How to estimate, and whether the context helps, is decided by held-out value; it hurts where it does not help.
    private static TrainedFamily Train(TraceTable table, string key, SupermodelScope scope)
    {
        CascadeFitOptions options = scope == SupermodelScope.Single ? new CascadeFitOptions() : CascadeModel.Fit(table).Options;
        TrainedFamily without = FamilyTraining.PerObjective(table, (rows, objectives) => Fit(rows, objectives, key, scope, options, context: false));
        TrainedFamily with = FamilyTraining.PerObjective(table, (rows, objectives) => Fit(rows, objectives, key, scope, options, context: true));
        return Value(with) > Value(without) ? with : without;
    }

    private static double Value(TrainedFamily family) => family.Curve.Points.Average(point => point.Accuracy - (point.CostWeight * point.CostPerQuery));

    private static List<ICascadePolicy> Fit(
        TraceTable table, IReadOnlyList<CascadeObjective> objectives, string key, SupermodelScope scope, CascadeFitOptions options, bool context)
    {
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(table), options);
        ContextModel? given = context ? ContextModel.Fit(table) : null;
        if (scope == SupermodelScope.Single)
        {
            double[] still = new double[model.ModelCount * model.ModelCount];
            return [.. objectives.Select(objective => new SupermodelPolicy(key, model, given, objective, scope, false, still))];
        }

        double[] unverified = Deviations(table, model, verify: false);
        double[] verified = Deviations(table, model, verify: true);
        bool paid = Enumerable.Range(0, model.ModelCount).Any(m => model.Verification(m) == VerificationKind.Paid);
        return [.. objectives.Select(objective =>
        {
            var always = new SupermodelPolicy(key, model, given, objective, scope, true, verified);
            if (!paid)
            {
                return (ICascadePolicy)always;
            }

            var never = new SupermodelPolicy(key, model, given, objective, scope, false, unverified);
            return Candidate.Measure(always, table).Value(objective) >= Candidate.Measure(never, table).Value(objective) ? always : never;
        })];
    }

    // How far the estimate of a model moves once its answer is seen, after so many others: measured over all sets of them.
    internal static double[] Deviations(TraceTable table, CascadeModel model, bool verify)
    {
        int n = model.ModelCount;
        int free = Math.Min(n, MostModels);
        int rows = Math.Min(table.RowCount, MostRows);
        double[] squares = new double[n * n];
        double[] counts = new double[n * n];
        var history = new CascadeHistory(n);
        double[] belief = new double[(1 << free) * n];
        for (int row = 0; row < rows; row++)
        {
            for (int set = 0; set < 1 << free; set++)
            {
                Observe(table, row, set, verify, history);
                model.Belief(history, belief.AsSpan(set * n, n));
            }

            for (int set = 0; set < 1 << free; set++)
            {
                for (int m = 0; m < free; m++)
                {
                    if ((set >> m & 1) == 0)
                    {
                        int at = (int.PopCount(set) * n) + m;
                        double moved = belief[((set | 1 << m) * n) + m] - belief[(set * n) + m];
                        squares[at] += moved * moved;
                        counts[at]++;
                    }
                }
            }
        }

        return [.. squares.Select((s, i) => counts[i] > 0 ? Math.Sqrt(s / counts[i]) : 0)];
    }

    private static void Observe(TraceTable table, int row, int set, bool verify, CascadeHistory history)
    {
        history.Reset();
        for (int m = 0; m < table.ModelCount; m++)
        {
            if ((set >> m & 1) == 0)
            {
                continue;
            }

            int same = -1;
            for (int earlier = 0; earlier < m && same < 0; earlier++)
            {
                same = history.IsCalled(earlier) && table.SameAs(row, earlier) == table.SameAs(row, m) ? earlier : -1;
            }

            history.RecordAnswer(m, same);
            if ((verify || table.Verification(m) == VerificationKind.Free) && !double.IsNaN(table.Confidence(row, m)))
            {
                history.RecordConfidence(m, table.Confidence(row, m));
            }
        }
    }
}
