using AutoMix.Evaluation;

namespace AutoMix.Benchmarks.LearningStudy;

/// <summary>The studies of docs/learning.md on one recorded set, with few orders: does learning still reach what the page says?</summary>
public class LearningStudyTests
{
    private const string Chain = "triviaqa.qwen_oai";

    private static TraceTable Train => TraceTable.From(RecordedTraces.Read($"{Chain}.train"));

    private static TraceTable Test => TraceTable.From(RecordedTraces.Read($"{Chain}.test"));

    [TracesFact]
    public void ColdStart_TwoHundredLabels_CostsNoMoreThanTwiceTheOfflinePlansAndLessThanTheFirstDay()
    {
        TraceTable train = Train;
        IReadOnlyList<CascadePlan> offline = CascadeTrainer.Fit(train).Solve(CrossValidation.Objectives(train));
        for (int seed = 1; seed <= 3; seed++)
        {
            IReadOnlyList<RegretStudy.Point> run = RegretStudy.Run(offline, Test, seed, until: 200);
            run[^1].Labels.Should().Be(200);
            run[^1].Ratio.Should().BeLessThan(2).And.BeLessThan(run[0].Ratio);
        }
    }

    [TracesFact]
    public void LabelsMissingNotAtRandom_Weighted_AreUnbiasedWhereTheNaiveMeanIsOff()
    {
        TraceTable test = Test;
        MissingLabels.Estimate[] estimates = [.. Enumerable.Range(1, 20).Select(seed => MissingLabels.Run(test, seed))];

        estimates.Count(e => e.IsWithin).Should().BeGreaterThanOrEqualTo(17, "an interval of 95 % holds 17 of 20 with probability .98");
        estimates.Average(e => e.Weighted - e.Truth).Should().BeApproximately(0, 0.02);
        estimates.Average(e => e.Naive - e.Truth).Should().BeLessThan(-0.08);
    }

    [TracesFact]
    public void Drift_AModelDegradesAndAPriceDoubles_BothAreNoticedAndThePlanIsReplaced()
    {
        CascadePlan start = CascadeTrainer.Fit(Train).Solve(Goal.KeepQuality(RegretStudy.Keep));
        DriftStudy.Outcome outcome = DriftStudy.Run(Test, start, seed: 1, requests: 1200);

        outcome.ModelNoticed.Should().BeLessThan(300);
        outcome.PriceNoticed.Should().BeLessThan(300);
        outcome.Replanned.Should().BeLessThan(500);
        outcome.FalseAlarms.Should().BeLessThanOrEqualTo(1);
    }
}
