namespace AutoMix.Policies;

/// <summary>
/// Thresholds from the model of <see cref="DependentConfidences"/> alone, by dynamic programming over chains and intervals:
/// after model i's confidence fell between two thresholds, the best continuation depends on i and these two only. Exact on
/// the grid of cells, and over all chains of models at once.
/// </summary>
internal static class RationalTuning
{
    /// <summary>The best chain for an objective, and what the model expects of it.</summary>
    /// <param name="model">The fitted model.</param>
    /// <param name="objective">What to maximise.</param>
    /// <param name="name">The policy's name.</param>
    /// <param name="abstention">Where queries may be given up.</param>
    /// <param name="read">Whether every accepted answer's confidence is read, also the last one's.</param>
    public static (ChainPolicy Policy, double Value) Solve(
        DependentConfidences model, CascadeObjective objective, string name, AbstentionStage abstention, bool read = false)
    {
        int n = model.Models.Count;
        var best = new Dictionary<(int Model, int Low, int High), Step>();
        Step start = new(double.NegativeInfinity, -1, 0, 0);
        double[] cells = new double[DependentConfidences.Cells];
        for (int i = n - 1; i >= -1; i--)
        {
            foreach ((int low, int high) in i < 0 ? [(0, DependentConfidences.Cells)] : Intervals(abstention == AbstentionStage.Any))
            {
                Step step = new(double.NegativeInfinity, -1, 0, 0);
                for (int j = i + 1; j < n; j++)
                {
                    if (i < 0)
                    {
                        cells.AsSpan().Fill(1.0 / DependentConfidences.Cells);
                    }
                    else if (model.Known[i])
                    {
                        model.Given(i, low, high, j, cells);
                    }
                    else
                    {
                        continue;
                    }

                    Try(model, objective, abstention, read, j, cells, best, ref step);
                }

                if (i < 0)
                {
                    start = step;
                }
                else
                {
                    best[(i, low, high)] = step;
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
        int j,
        ReadOnlySpan<double> cells,
        Dictionary<(int Model, int Low, int High), Step> best,
        ref Step step)
    {
        double abstaining = objective.AbstainReward ?? 0;
        int count = DependentConfidences.Cells;
        Span<double> below = stackalloc double[count + 1];
        Span<double> good = stackalloc double[count + 1];
        for (int k = 0; k < count; k++)
        {
            below[k + 1] = below[k] + cells[k];
            good[k + 1] = good[k] + (cells[k] * model.CellMean(j, k));
        }

        double answer = objective.Price(model.AnswerCost[j]);
        double verify = objective.Price(new CascadeCost(model.VerifyDollars[j]));
        double unread = good[count] - answer - (read ? verify : 0);
        if (unread > step.Value)
        {
            step = new Step(unread, j, 0, 0);
        }

        if (!model.Known[j])
        {
            return;
        }

        // Read, and give up below a cell: the chain ends here.
        for (int low = 1; abstention != AbstentionStage.Never && low <= count; low++)
        {
            double value = (below[low] * abstaining) + good[count] - good[low] - answer - verify;
            if (value > step.Value)
            {
                step = new Step(value, j, low, low);
            }
        }

        foreach ((int low, int high) in Intervals(abstention == AbstentionStage.Any))
        {
            if (!best.TryGetValue((j, low, high), out Step next) || next.Model < 0)
            {
                continue;
            }

            double value = (below[low] * abstaining) + ((below[high] - below[low]) * next.Value) + good[count] - good[high] - answer - verify;
            if (value > step.Value)
            {
                step = new Step(value, j, low, high);
            }
        }
    }

    private static IEnumerable<(int Low, int High)> Intervals(bool anyLow)
    {
        for (int low = 0; low < (anyLow ? DependentConfidences.Cells : 1); low++)
        {
            for (int high = low + 1; high <= DependentConfidences.Cells; high++)
            {
                yield return (low, high);
            }
        }
    }

    private static ChainPolicy Follow(DependentConfidences model, string name, Dictionary<(int Model, int Low, int High), Step> best, Step step)
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
                return new ChainPolicy(name, model.Models, accept, abstain);
            }

            accept[m] = Math.Max(model.CellStart(m, step.High), double.Epsilon);
            step = best[(m, step.Low, step.High)];
        }
    }

    // The model asked next; cells below Low are given up, from High on accepted; both 0: accepted unread.
    private readonly record struct Step(double Value, int Model, int Low, int High);
}
