using System.Numerics;
using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>
/// Thresholds from the model of <see cref="DependentConfidences"/> alone, by dynamic programming over chains and intervals:
/// after model i's confidence fell between two thresholds, the best continuation depends on i and these two only. Exact on
/// the grid of cells, and over all chains of models at once.
/// </summary>
internal static class RationalTuning
{
    private const int Cells = DependentConfidences.Cells;
    private const int LongestChain = 5;
    private const int MostModels = 12;
    private static readonly (int Low, int High)[] FromBelow = [.. Enumerable.Range(1, Cells).Select(high => (0, high))];
    private static readonly (int Low, int High)[] AnyInterval =
        [.. Enumerable.Range(0, Cells).SelectMany(low => Enumerable.Range(low + 1, Cells - low).Select(high => (low, high)))];

    /// <summary>Rational thresholds: they come from the model alone; the training traces decide which chain of models to tune.</summary>
    public static TrainedFamily TrainThresholds(TraceTable table)
    {
        IReadOnlyList<CascadeObjective> weights = CrossValidation.Objectives(table);
        return TrainedFamily.BestOf(table, rows =>
        {
            var model = DependentConfidences.Fit(rows);
            return [.. Chains(model).SelectMany(chain => weights
                .Select(weight => Solve(model, weight, "rational-thresholds", AbstentionStage.Never, chain: chain).Policy)
                .DistinctBy(policy => string.Join(' ', policy.Thresholds))
                .Select(policy => Candidate.Measure(policy, rows)))];
        });
    }

    /// <summary>Early abstention: the same model with a price on giving a query up.</summary>
    public static TrainedFamily TrainEarlyAbstention(TraceTable table) => TrainedFamily.PerObjective(table, (rows, objectives) =>
    {
        var model = DependentConfidences.Fit(rows);
        return [.. objectives.Select(objective => Chains(model)
            .Select(chain => Candidate.Measure(
                Solve(model, objective, "early-abstention", objective.AbstainReward is null ? AbstentionStage.Never : AbstentionStage.Any, chain: chain).Policy, rows))
            .MaxBy(candidate => candidate.Value(objective)).Make())];
    });

    /// <summary>Finds the best chain for an objective, and its expected value under the model.</summary>
    /// <param name="model">The fitted model.</param>
    /// <param name="objective">The value to maximise.</param>
    /// <param name="name">The policy's name.</param>
    /// <param name="abstention">The models at which queries may be given up.</param>
    /// <param name="read">Whether every accepted answer's confidence is read, also the last one's.</param>
    /// <param name="chain">A bit per model that the chain is made of; 0 for the best of all chains.</param>
    public static (ThresholdPolicy Policy, double Value) Solve(
        DependentConfidences model, CascadeObjective objective, string name, AbstentionStage abstention, bool read = false, ulong chain = 0)
    {
        int n = model.Models.Count;
        (int Low, int High)[] intervals = abstention == AbstentionStage.Any ? AnyInterval : FromBelow;
        var best = new Step[n, Cells + 1, Cells + 1];
        Step start = new(double.NegativeInfinity, -1, 0, 0);
        double[] cells = new double[Cells];
        for (int i = n - 1; i >= -1; i--)
        {
            foreach ((int low, int high) in i < 0 ? [(0, Cells)] : intervals)
            {
                Step step = new(double.NegativeInfinity, -1, 0, 0);
                for (int j = i + 1; j < n; j++)
                {
                    if (chain != 0 && !Follows(chain, i, j))
                    {
                        continue;
                    }

                    if (i < 0)
                    {
                        cells.AsSpan().Fill(1.0 / Cells);
                    }
                    else if (model.Known[i])
                    {
                        model.Given(i, low, high, j, cells);
                    }
                    else
                    {
                        continue;
                    }

                    bool last = chain == 0 || chain >> j == 1;
                    Try(model, objective, abstention, read, last, j, cells, best, intervals, ref step);
                }

                if (i < 0)
                {
                    start = step;
                }
                else
                {
                    best[i, low, high] = step;
                }
            }
        }

        return (Follow(model, name, best, start), start.Value);
    }

    private static void Try(
        DependentConfidences model,
        CascadeObjective objective,
        AbstentionStage abstention,
        bool read,
        bool last,
        int j,
        ReadOnlySpan<double> cells,
        Step[,,] best,
        (int Low, int High)[] intervals,
        ref Step step)
    {
        double abstaining = objective.AbstainReward ?? 0;
        Span<double> below = stackalloc double[Cells + 1];
        Span<double> good = stackalloc double[Cells + 1];
        for (int k = 0; k < Cells; k++)
        {
            below[k + 1] = below[k] + cells[k];
            good[k + 1] = good[k] + (cells[k] * model.CellMean(j, k));
        }

        double answer = objective.Price(model.AnswerCost[j]);
        double verify = objective.Price(new CascadeCost(model.VerifyDollars[j]));
        double unread = good[Cells] - answer - (read ? verify : 0);
        if (last && unread > step.Value)
        {
            step = new Step(unread, j, 0, 0);
        }

        if (!model.Known[j])
        {
            return;
        }

        // Read, and give up below a cell: the chain ends here.
        for (int low = 1; last && abstention != AbstentionStage.Never && low <= Cells; low++)
        {
            double value = (below[low] * abstaining) + good[Cells] - good[low] - answer - verify;
            if (value > step.Value)
            {
                step = new Step(value, j, low, low);
            }
        }

        double paid = answer + verify;
        foreach ((int low, int high) in intervals)
        {
            ref readonly Step next = ref best[j, low, high];
            double value = (below[low] * abstaining) + ((below[high] - below[low]) * next.Value) + good[Cells] - good[high] - paid;
            if (next.Model >= 0 && value > step.Value)
            {
                step = new Step(value, j, low, high);
            }
        }
    }

    // A chain goes on from a confidence; a model that has none, or none to speak of, can only end it.
    private static IEnumerable<ulong> Chains(DependentConfidences model)
    {
        int models = Math.Min(model.Models.Count, MostModels);
        for (ulong chain = 1; chain < 1UL << models; chain++)
        {
            ulong members = chain;
            int last = BitOperations.Log2(chain);
            if (BitOperations.PopCount(chain) <= LongestChain && Enumerable.Range(0, last).All(m => (members >> m & 1) == 0 || model.Known[m]))
            {
                yield return chain;
            }
        }
    }

    // Whether j is the chain's next model after i.
    private static bool Follows(ulong chain, int i, int j)
    {
        ulong rest = chain >> (i + 1) << (i + 1);
        return rest != 0 && BitOperations.TrailingZeroCount(rest) == j;
    }

    private static ThresholdPolicy Follow(DependentConfidences model, string name, Step[,,] best, Step step)
    {
        double[] accept = new double[model.Models.Count];
        double[] abstain = new double[model.Models.Count];
        Array.Fill(accept, double.PositiveInfinity);
        while (true)
        {
            int m = step.Model;
            abstain[m] = step.Low == 0 ? 0 : model.CellStart(m, step.Low);
            if (step.High == step.Low)
            {
                accept[m] = step.Low == 0 ? 0 : abstain[m];
                return new ThresholdPolicy(name, model.Models, accept, abstain);
            }

            accept[m] = Math.Max(model.CellStart(m, step.High), double.Epsilon);
            step = best[m, step.Low, step.High];
        }
    }

    // The model asked next; cells below Low are given up, from High on accepted; both 0: accepted unread.
    private readonly record struct Step(double Value, int Model, int Low, int High);
}
