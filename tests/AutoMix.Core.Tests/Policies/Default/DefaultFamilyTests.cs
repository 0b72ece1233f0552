using AutoMix.Core.Tests.Cascades;
using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class DefaultFamilyTests
{
    private static readonly TraceTable Training = TraceTable.From(SimulatedTraces.Create(3, 240, seed: 31));
    private static readonly TraceTable Test = TraceTable.From(SimulatedTraces.Create(3, 2000, seed: 32));
    private static readonly Lazy<TrainedFamily> Trained = new(() => PolicyRegistry.Get("default").Train(Training));

    [Fact]
    public void For_EveryGoal_IsNoWorseThanTheCoinBetweenSingleModels()
    {
        var singles = new CostQualityHull(CrossValidation.Singles(Test).Select(single => new CostQuality(single.Accuracy, single.CostPerQuery)));
        foreach (double share in (double[])[0.8, 0.9, 0.95, 0.99])
        {
            CostQuality reached = PolicyEvaluation.Run(Trained.Value.For(Goal.KeepQuality(share)), Test).Mean;
            reached.Accuracy.Should().BeGreaterThan(singles.AccuracyAt(reached.Cost) - 0.02);
        }
    }

    [Fact]
    public void For_SpendAtMost_MeetsTheBudgetOnHeldOutQueriesByMixing()
    {
        OperatingPoint[] singles = [.. CrossValidation.Singles(Training)];
        double budget = 1000 * (0.6 * singles[1].CostPerQuery + 0.4 * singles[2].CostPerQuery);
        CostQuality reached = PolicyEvaluation.Run(Trained.Value.For(Goal.SpendAtMost(budget)), Test).Mean;
        (1000 * reached.Cost).Should().BeLessThan(1.15 * budget);
    }

    [Fact]
    public void For_BudgetBelowEverything_SaysWhatTheCheapestSpends() =>
        ((Action)(() => Trained.Value.For(Goal.SpendAtMost(1e-9)))).Should().Throw<ArgumentException>().WithMessage("*cheapest*");

    [Fact]
    public void For_CostWeightZero_IsNotWorseThanTheBestSingleModelBeyondNoise()
    {
        CostQuality reached = PolicyEvaluation.Run(Trained.Value.For(new CascadeObjective(0)), Test).Mean;
        reached.Accuracy.Should().BeGreaterThan(CrossValidation.Singles(Test).Max(single => single.Accuracy) - 0.02);
    }

    [Fact]
    public void For_UninformativeConfidences_CostsNoMoreThanTheBestModel()
    {
        var random = new Random(5);
        TraceTable noise = TraceTable.From(SimulatedTraces.Create(3, 240, seed: 33).Select(record => record with
        {
            Answers = [.. record.Answers.Select((answer, m) => answer with { Confidence = random.NextDouble(), Answer = $"{record.Id}-{m}" })],
        }));
        TrainedFamily trained = PolicyRegistry.Get("default").Train(noise);
        OperatingPoint best = CrossValidation.Singles(noise).MaxBy(single => single.Accuracy);
        PolicyEvaluation.Run(trained.For(Goal.KeepQuality(0.99)), noise).Mean.Cost.Should().BeLessThanOrEqualTo(1.02 * best.CostPerQuery);
    }

    [Fact]
    public void Train_Twice_DecidesAlike()
    {
        ICascadePolicy one = Trained.Value.For(Goal.KeepQuality(0.95));
        ICascadePolicy two = PolicyRegistry.Get("default").Train(Training).For(Goal.KeepQuality(0.95));
        PolicyEvaluation.Run(two, Test).Cost.Should().Equal(PolicyEvaluation.Run(one, Test).Cost);
    }
}
