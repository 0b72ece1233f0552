using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>Trains cascade routing and its two special cases.</summary>
internal static class SupermodelTraining
{
    // Rows from which it is measured how far estimates move; more change the figure little.
    private const int MostRows = 120;
    private const int MostModels = 8;

    // How to estimate is decided by held-out value; which answers to verify, and whether to look at the context, for each cost
    // weight anew: what pays for a cautious user does not for a thrifty one.
    public static TrainedFamily Train(TraceTable table, string key, SupermodelScope scope)
    {
        CascadeFitOptions options = scope == SupermodelScope.Single ? new CascadeFitOptions() : CascadeTrainer.Fit(table).Options;
        IReadOnlyList<CascadeObjective> weights = CrossValidation.Objectives(table);
        Variant[] variants = [.. Verified(table, scope).SelectMany(verified => (Variant[])[new(verified, false), new(verified, true)])];
        OperatingPoint[][] heldOut = [.. variants.Select(variant =>
            (OperatingPoint[])[.. CrossValidation.HeldOut(table, weights, (rows, objectives) => Policies(Estimate(rows, variant), objectives, variant))])];
        Lazy<Estimates>[] fitted = [.. variants.Select(variant => new Lazy<Estimates>(() => Estimate(table, variant)))];
        int[] best = [.. weights.Select((weight, i) => Enumerable.Range(0, variants.Length).MaxBy(v => heldOut[v][i].Accuracy - (weight.DollarWeight * heldOut[v][i].CostPerQuery)))];
        return new TrainedFamily(
            new CascadeCurve([.. best.Select((v, i) => heldOut[v][i])], CrossValidation.Singles(table)),
            objectives =>
            [
                .. objectives.Select(objective =>
                {
                    int v = best[Nearest(weights, objective)];
                    return Policies(fitted[v].Value, [objective], variants[v])[0];
                }),
            ],
            () => [.. variants.SelectMany((variant, v) => Policies(fitted[v].Value, weights, variant)
                .Select((policy, i) => new OfferedPolicy(new(heldOut[v][i].Accuracy, heldOut[v][i].CostPerQuery), policy)))]);

        Estimates Estimate(TraceTable rows, Variant variant)
        {
            CascadeModel model = CascadeModel.Fit(CascadeCounts.From(rows), options);
            return new Estimates(
                model,
                variant.Context ? ContextModel.Fit(rows) : null,
                scope == SupermodelScope.Single ? new double[model.ModelCount * model.ModelCount] : Deviations(rows, model, variant.Verified));
        }

        ICascadePolicy[] Policies(Estimates given, IReadOnlyList<CascadeObjective> objectives, Variant variant) =>
            [.. objectives.Select(objective => new SupermodelPolicy(key, new CascadePlan(given.Model, objective, null), scope, variant.Verified, given.Deviations, given.Context))];
    }

    // Which answers are verified: of those whose verification is paid for, the cheapest few. A verification costs about as much as
    // the answer, so that the cheapest buys the most.
    private static IEnumerable<ulong> Verified(TraceTable table, SupermodelScope scope)
    {
        ulong verified = 0;
        yield return verified;
        for (int m = 0; m < table.ModelCount && scope != SupermodelScope.Single; m++)
        {
            if (table.Verification(m) == VerificationKind.Paid)
            {
                verified |= 1UL << m;
                yield return verified;
            }
        }
    }

    private static int Nearest(IReadOnlyList<CascadeObjective> weights, CascadeObjective objective) =>
        Enumerable.Range(0, weights.Count).MinBy(i => Math.Abs(Math.Log((weights[i].DollarWeight + 1e-9) / (objective.DollarWeight + 1e-9))));

    // How far the estimate of a model moves once its answer is seen, after so many others: measured over all sets of them.
    internal static double[] Deviations(TraceTable table, CascadeModel model, ulong verified)
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
                Observe(table, row, set, verified, history);
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

    private static void Observe(TraceTable table, int row, int set, ulong verified, CascadeHistory history)
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
            if (((verified >> m & 1) != 0 || table.Verification(m) == VerificationKind.Free) && !double.IsNaN(table.Confidence(row, m)))
            {
                history.RecordConfidence(m, table.Confidence(row, m));
            }
        }
    }

    private sealed record Estimates(CascadeModel Model, ContextModel? Context, double[] Deviations);

    private readonly record struct Variant(ulong Verified, bool Context);
}
