namespace AutoMix.Policies;

/// <summary>
/// C2MAB-V (Dai et al., 2024): picks a set of models under a long-term budget. Qualities are taken at the upper, costs at the
/// lower end of what is plausible; the relaxed problem is solved, and its fractions are rounded to a set by coins that keep
/// every fraction in the mean, so that the budget holds in the long run.
/// </summary>
/// <param name="Models">The names of all models.</param>
/// <param name="Reward">The worth of a set.</param>
/// <param name="Size">The number of models in a set.</param>
/// <param name="Budget">The mean dollars per request that the chosen sets may cost.</param>
/// <param name="Width">The width of the plausible range; the paper's alpha.</param>
/// <param name="Seed">The seed of the coins.</param>
/// <param name="Quality">The sum of qualities per model.</param>
/// <param name="Graded">The number of graded answers per model.</param>
/// <param name="Dollars">The sum of dollars per model.</param>
/// <param name="Answers">The number of answers per model.</param>
internal sealed record CombinatorialBanditPolicy(
    IReadOnlyList<string> Models, EnsembleReward Reward, int Size, double Budget, double Width, ulong Seed, double[] Quality, double[] Graded, double[] Dollars, double[] Answers)
    : FittedPolicy("c2mabv", Models), ILearningPolicy
{
    private const double Satisfied = 0.5;
    private double[] _fractions = [];

    public override PolicyNeeds Needs => Reward == EnsembleReward.AnyWin ? PolicyNeeds.Confidences : PolicyNeeds.Agreement;

    /// <summary>How often each model is in the set.</summary>
    public IReadOnlyList<double> Fractions => _fractions;

    public static CombinatorialBanditPolicy Start(IReadOnlyList<string> models, EnsembleReward reward, int size, double budget, double width, ulong seed)
    {
        int n = models.Count;
        return new CombinatorialBanditPolicy(models, reward, size, budget, width, seed, new double[n], new double[n], new double[n], new double[n]);
    }

    public static IReadOnlyList<Candidate> Enumerate(TraceTable table)
    {
        const int Budgets = 8;
        const int Largest = 3;
        double[] means = [.. Enumerable.Range(0, table.ModelCount).Select(m => table.MeanCost(m).Dollars)];
        double least = Math.Max(means.Min(), 1e-12);
        double most = Math.Max(means.Max(), 2e-12);
        var candidates = new List<Candidate>();
        foreach (EnsembleReward reward in Enum.GetValues<EnsembleReward>())
        {
            for (int size = 1; size <= Math.Min(Largest, table.ModelCount); size++)
            {
                var learned = (CombinatorialBanditPolicy)Learners.Learn(Start(table.Models, reward, size, most, 0.1, 0), table);
                for (int k = 0; k <= Budgets; k++)
                {
                    CombinatorialBanditPolicy policy = learned.For(size * least * Math.Pow(most / least, (double)k / Budgets));
                    candidates.Add(Candidate.Measure(policy, table) with { Group = ((int)reward * 100) + size });
                }
            }
        }

        return candidates;
    }

    public CombinatorialBanditPolicy For(double budget) => new(Models, Reward, Size, budget, Width, Seed, Quality, Graded, Dollars, Answers);

    public ILearningPolicy Update(PolicyOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        double[] quality = [.. Quality];
        double[] graded = [.. Graded];
        double[] dollars = [.. Dollars];
        double[] answers = [.. Answers];
        foreach (AnswerOutcome answer in outcome.Answers)
        {
            dollars[answer.Model] += answer.Cost.Dollars;
            answers[answer.Model]++;
            if (answer.Quality is { } q)
            {
                quality[answer.Model] += q;
                graded[answer.Model]++;
            }
        }

        return new CombinatorialBanditPolicy(Models, Reward, Size, Budget, Width, Seed, quality, graded, dollars, answers);
    }

    protected override void Prepare()
    {
        int n = ModelCount;
        Expect(Size >= 1 && Size <= n, "size");
        Expect(Budget > 0 && Width >= 0, "budget");
        Expect(Quality.Length == n && Graded.Length == n && Dollars.Length == n && Answers.Length == n && Graded.Concat(Answers).All(c => c >= 0), "counts");
        _fractions = Relax();
    }

    protected override CascadeAction Choose(CascadeHistory history)
    {
        Span<bool> chosen = stackalloc bool[CascadeHistory.MaxModels];
        chosen = chosen[..ModelCount];
        Round(history.RequestKey, chosen);
        int latest = Dearest(history);
        if (Reward == EnsembleReward.AnyWin && latest >= 0 && Next(history, chosen) >= 0)
        {
            // Only a satisfactory answer ends the row early.
            if (history.CanVerify(latest))
            {
                return CascadeAction.Verify(latest);
            }

            if (history.Confidence(latest) >= Satisfied)
            {
                return CascadeAction.Accept(latest);
            }
        }

        int next = Next(history, chosen);
        if (next >= 0)
        {
            return CascadeAction.Call(next, final: Size == 1);
        }

        return latest < 0 ? CascadeAction.Call(Math.Max(0, chosen.IndexOf(true)), final: true) : CascadeAction.Accept(Settle(history, latest));
    }

    // The larger agreement group, then the better model: more answers that say the same are better evidence.
    private int Settle(CascadeHistory history, int latest)
    {
        int best = latest;
        (int, double) highest = (0, 0);
        for (int m = 0; m < ModelCount; m++)
        {
            if (history.IsCalled(m))
            {
                int votes = 0;
                for (int other = 0; other < ModelCount; other++)
                {
                    votes += history.Group(other) == history.Group(m) ? 1 : 0;
                }

                (int, double) score = (votes, Graded[m] > 0 ? Quality[m] / Graded[m] : 0);
                if (score.CompareTo(highest) > 0)
                {
                    highest = score;
                    best = m;
                }
            }
        }

        return best;
    }

    private int Next(CascadeHistory history, ReadOnlySpan<bool> chosen)
    {
        for (int m = 0; m < ModelCount; m++)
        {
            if (chosen[m] && !history.IsCalled(m) && !history.IsExcluded(m))
            {
                return m;
            }
        }

        return -1;
    }

    // Maximise sum w z subject to sum z = size, sum c z <= budget, 0 <= z <= 1. With a price on cost the best set is the top
    // ones; the right price lies where the budget is met, between two sets, whose mixture is the solution. For any-win and
    // all-in the weights are logarithms, which turn their products into sums that agree at every set.
    private double[] Relax()
    {
        double t = Math.Max(1, Answers.Sum() / Size);
        double Bonus(double count) => Width * Math.Sqrt(Math.Log(2 * Math.PI * Math.PI * ModelCount * t * t * t / 3) / (2 * Math.Max(count, 1e-3)));
        double[] weight = new double[ModelCount];
        double[] cost = new double[ModelCount];
        for (int m = 0; m < ModelCount; m++)
        {
            double q = Math.Clamp((Graded[m] > 0 ? Quality[m] / Graded[m] : 0) + Bonus(Graded[m]), 1e-6, 1 - 1e-6);
            weight[m] = Reward switch
            {
                EnsembleReward.AnyWin => -Math.Log(1 - q),
                EnsembleReward.AllIn => Math.Log(q),
                _ => q,
            };
            double mean = Answers[m] > 0 ? Dollars[m] / Answers[m] : 0;
            cost[m] = mean * Math.Max(0, 1 - Bonus(Answers[m]));
        }

        double[] dear = Top(weight, cost, 0);
        if (Cost(dear, cost) <= Budget)
        {
            return dear;
        }

        (double low, double high) = (0, 1);
        while (high < 1e15 && Cost(Top(weight, cost, high), cost) > Budget)
        {
            high *= 4;
        }

        double[] cheap = Top(weight, cost, high);
        for (int step = 0; step < 80; step++)
        {
            double price = (low + high) / 2;
            double[] set = Top(weight, cost, price);
            if (Cost(set, cost) > Budget)
            {
                (low, dear) = (price, set);
            }
            else
            {
                (high, cheap) = (price, set);
            }
        }

        double dearCost = Cost(dear, cost);
        double cheapCost = Cost(cheap, cost);

        // If even the cheapest set is above the budget, it is taken.
        double share = dearCost > cheapCost ? Math.Clamp((Budget - cheapCost) / (dearCost - cheapCost), 0, 1) : 0;
        return [.. dear.Select((z, m) => (share * z) + ((1 - share) * cheap[m]))];
    }

    private double[] Top(double[] weight, double[] cost, double price)
    {
        double[] z = new double[ModelCount];
        foreach (int m in Enumerable.Range(0, ModelCount).OrderByDescending(m => weight[m] - (price * cost[m])).ThenBy(m => cost[m]).Take(Size))
        {
            z[m] = 1;
        }

        return z;
    }

    private static double Cost(double[] z, double[] cost) => z.Zip(cost, (fraction, c) => fraction * c).Sum();

    // Pairs of fractions are moved until all are 0 or 1; each keeps its mean, and their sum never changes.
    private void Round(ulong key, Span<bool> chosen)
    {
        Span<double> z = stackalloc double[CascadeHistory.MaxModels];
        z = z[..ModelCount];
        _fractions.CopyTo(z);
        ulong toss = Seed;
        while (true)
        {
            int first = Fractional(z, 0);
            int second = first < 0 ? -1 : Fractional(z, first + 1);
            if (second < 0)
            {
                break;
            }

            double up = Math.Min(1 - z[first], z[second]);
            double down = Math.Min(z[first], 1 - z[second]);
            double move = RequestKeys.Uniform(toss++, key) < down / (up + down) ? up : -down;
            z[first] += move;
            z[second] -= move;
        }

        for (int m = 0; m < ModelCount; m++)
        {
            chosen[m] = z[m] > 0.5;
        }
    }

    private static int Fractional(ReadOnlySpan<double> z, int from)
    {
        for (int m = from; m < z.Length; m++)
        {
            if (z[m] is > 1e-9 and < 1 - 1e-9)
            {
                return m;
            }
        }

        return -1;
    }
}
