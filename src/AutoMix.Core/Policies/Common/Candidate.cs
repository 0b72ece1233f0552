using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>One policy of a family that enumerates its policies, with its figures on the training traces.</summary>
/// <param name="Quality">Mean quality of the accepted answers; 0 for abstentions.</param>
/// <param name="Abstained">Share of queries it gave up.</param>
/// <param name="Cost">Mean cost.</param>
/// <param name="Make">Makes the policy.</param>
/// <param name="Group">Candidates of different groups do not dominate each other: few traces make a good candidate look dominated.</param>
internal readonly record struct Candidate(double Quality, double Abstained, CascadeCost Cost, Func<ICascadePolicy> Make, int Group = 0)
{
    public double Value(CascadeObjective objective)
    {
        double abstaining = objective.AbstainReward is { } reward ? reward * Abstained
            : Abstained > 0 ? double.NegativeInfinity
            : 0;
        return Quality + abstaining - objective.Price(Cost);
    }

    /// <summary>Measures a policy by running it.</summary>
    public static Candidate Measure(ICascadePolicy policy, TraceTable table)
    {
        var history = new CascadeHistory(table.ModelCount);
        double quality = 0;
        double abstained = 0;
        CascadeCost cost = default;
        for (int row = 0; row < table.RowCount; row++)
        {
            CascadeOutcome outcome = CascadeReplay.Run(policy, table, row, history);
            quality += outcome.Quality;
            abstained += outcome.Model < 0 ? 1 : 0;
            cost += outcome.Cost;
        }

        int n = table.RowCount;
        return new Candidate(quality / n, abstained / n, new(cost.Dollars / n, cost.Tokens / n, cost.Seconds / n), () => policy);
    }

    /// <summary>Selects the candidates that no other of their group beats in both quality and dollars.</summary>
    public static IEnumerable<Candidate> Pareto(IEnumerable<Candidate> candidates)
    {
        foreach (IGrouping<int, Candidate> group in candidates.GroupBy(c => c.Group))
        {
            double best = double.NegativeInfinity;
            foreach (Candidate candidate in group.OrderBy(c => c.Cost.Dollars).ThenByDescending(c => c.Quality))
            {
                if (candidate.Quality > best)
                {
                    best = candidate.Quality;
                    yield return candidate;
                }
            }
        }
    }
}
