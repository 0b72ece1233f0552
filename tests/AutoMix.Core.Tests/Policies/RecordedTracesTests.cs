using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

/// <summary>Quality on recorded answers of real models: the operating point chosen on train, measured on test.</summary>
public sealed class RecordedTracesTests
{
    [TracesTheory]
    [InlineData("triviaqa.llama", 0.985, 0.72)]
    [InlineData("triviaqa.qwen_oai", 0.98, 0.43)]
    [InlineData("mmlu.llama", 0.98, 0.80)]
    [InlineData("mmlu.qwen_oai", 0.98, 0.37)]
    public void Pomdp_Keep99PercentChosenOnTrain_HoldsOnTest(string chain, double leastRelativeAccuracy, double mostRelativeCost)
    {
        (TrainedFamily trained, TraceTable test, CostQuality best) = Train(chain);
        CostQuality reached = PolicyEvaluation.Run(trained.For(Goal.KeepQuality(0.99)), test).Mean;
        (reached.Accuracy / best.Accuracy).Should().BeGreaterThanOrEqualTo(leastRelativeAccuracy);
        (reached.Cost / best.Cost).Should().BeLessThanOrEqualTo(mostRelativeCost);
    }

    [TracesFact]
    public void Pomdp_TestCurve_ReachesWhatThePrototypeReached()
    {
        (TrainedFamily mmlu, TraceTable mmluTest, CostQuality mmluBest) = Train("mmlu.llama");
        mmlu.Policies().Select(policy => PolicyEvaluation.Run(policy, mmluTest).Mean)
            .Where(point => point.Accuracy >= 0.95 * mmluBest.Accuracy).Min(point => point.Cost / mmluBest.Cost).Should().BeLessThanOrEqualTo(0.31);
        (TrainedFamily trivia, TraceTable triviaTest, _) = Train("triviaqa.llama");
        trivia.Policies().Max(policy => PolicyEvaluation.Run(policy, triviaTest).Mean.Accuracy).Should().BeGreaterThanOrEqualTo(0.949 - 1e-12);
    }

    [TracesTheory]
    [InlineData("triviaqa.llama")]
    [InlineData("triviaqa.qwen_oai")]
    [InlineData("mmlu.llama")]
    [InlineData("mmlu.qwen_oai")]
    public void Default_Keep99Percent_CostsLessThanTheBestModelAndLosesLittle(string chain)
    {
        (TrainedFamily trained, TraceTable test, CostQuality best) = Train(chain, "default");
        CostQuality reached = PolicyEvaluation.Run(trained.For(Goal.KeepQuality(0.99)), test).Mean;
        (reached.Accuracy / best.Accuracy).Should().BeGreaterThanOrEqualTo(0.975);
        (reached.Cost / best.Cost).Should().BeLessThanOrEqualTo(0.8);
    }

    private static (TrainedFamily Trained, TraceTable Test, CostQuality Best) Train(string chain, string policy = "pomdp")
    {
        TraceTable test = TraceTable.From(RecordedTraces.Read(chain + ".test"));
        OperatingPoint best = CrossValidation.Singles(test).MaxBy(single => single.Accuracy);
        return (Trained.GetOrAdd((chain, policy), static key => PolicyRegistry.Get(key.Policy).Train(TraceTable.From(RecordedTraces.Read(key.Chain + ".train")))), test, new(best.Accuracy, best.CostPerQuery));
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<(string Chain, string Policy), TrainedFamily> Trained = new();
}
