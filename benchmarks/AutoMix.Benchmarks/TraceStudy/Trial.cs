using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>Policies with what they gave in training, run over test queries.</summary>
/// <param name="Training">The points of the offered policies in training.</param>
/// <param name="Offered">The offered policies on test.</param>
/// <param name="Kept">On test, what was chosen in training to keep a share of the best model's quality; one per share.</param>
internal sealed record Trial(CostQuality[] Training, PolicyEvaluation[] Offered, PolicyEvaluation[] Kept)
{
    public static Trial Of(TrainedFamily trained, TraceTable test, double[] shares) => Of(trained, trained.Offered(), test, shares);

    public static Trial Of(TrainedFamily trained, IReadOnlyList<OfferedPolicy> offered, TraceTable test, double[] shares) => new(
        [.. offered.Select(offer => offer.Training)],
        [.. offered.Select(offer => PolicyEvaluation.Run(offer.Policy, test))],
        [.. shares.Select(share => PolicyEvaluation.Run(trained.For(Goal.KeepQuality(share)), test))]);

    /// <summary>The baseline that nothing may lose to: a coin between single models, chosen on training data.</summary>
    public static Trial RandomMix(StudySet set) => new(
        set.TrainSingles,
        set.Alone,
        [.. StudyResult.Shares.Select(share => Coin(set, share * set.TrainSingles.Max(single => single.Accuracy)))]);

    /// <summary>The cheapest correct model where one is correct, the cheapest of all where none is: knows the answers.</summary>
    public static Trial Oracle(StudySet set)
    {
        PolicyEvaluation oracle = Rowwise(set, row => Enumerable.Range(0, set.Test.ModelCount)
            .OrderByDescending(m => set.Test.Quality(row, m)).ThenBy(m => set.Test.AnswerCost(row, m))
            .Select(m => (set.Test.Quality(row, m), set.Test.AnswerCost(row, m))).First());
        return new Trial([oracle.Mean], [oracle], [.. StudyResult.Shares.Select(_ => oracle)]);
    }

    // The mixture on the training hull that reaches the target there. A coin gives each query the mean of both.
    private static PolicyEvaluation Coin(StudySet set, double target)
    {
        IReadOnlyList<int> vertices = new CostQualityHull(set.TrainSingles).Vertices;
        int right = Enumerable.Range(0, vertices.Count).First(i => i == vertices.Count - 1 || set.TrainSingles[vertices[i]].Accuracy >= target);
        int high = vertices[right];
        int low = vertices[Math.Max(0, right - 1)];
        double share = low == high ? 1 : (target - set.TrainSingles[low].Accuracy) / (set.TrainSingles[high].Accuracy - set.TrainSingles[low].Accuracy);
        return Rowwise(set, row => (
            set.Test.Quality(row, low) + (share * (set.Test.Quality(row, high) - set.Test.Quality(row, low))),
            set.Test.AnswerCost(row, low) + (share * (set.Test.AnswerCost(row, high) - set.Test.AnswerCost(row, low)))));
    }

    private static PolicyEvaluation Rowwise(StudySet set, Func<int, (double Quality, double Cost)> of)
    {
        var evaluation = new PolicyEvaluation(set.Test.RowCount);
        for (int row = 0; row < set.Test.RowCount; row++)
        {
            (double quality, double cost) = of(row);
            evaluation.Record(row, new CascadeOutcome(0, quality, new CascadeCost(cost)));
        }

        return evaluation;
    }
}
