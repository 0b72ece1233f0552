using AutoMix.Statistics;
using CsCheck;

namespace AutoMix.Core.Tests.Cascades;

public sealed class GreedySolverTests
{
    [Fact]
    public void Values_RandomHistories_EqualOneStepOfEnumeration() =>
        Gen.Select(RandomCascades.Small, Gen.Int).Sample(
            (random, seed) =>
            {
                CascadeModel model = RandomCascades.WithFlatBins(random);
                var objective = new CascadeObjective(0.5, AbstainReward: seed % 2 == 0 ? 0.3 : null);
                var bruteForce = new BruteForce(model, objective);
                List<BruteForce.Seen> seen = RandomCascades.History(model, new Random(seed));
                CascadeHistory history = bruteForce.History(seen);

                List<ActionValue> values = GreedySolver.Values(model, objective, history);

                foreach (ActionValue value in values)
                {
                    value.Value.Should().BeApproximately(bruteForce.ValueOneStepAhead(seen, value.Action), 1e-9, "{0} after {1} answers", value.Action, seen.Count);
                }

                values.Select(value => value.Action).Should().Contain(bruteForce.Actions(seen)).And.OnlyHaveUniqueItems();
                GreedySolver.Decide(model, objective, history).Should().Be(values.MaxBy(value => value.Value).Action);
            },
            iter: RandomCascades.Cases(100));

    [Fact]
    public void Decide_ModelExcluded_IsNotCalled()
    {
        CascadeModel model = RandomCascades.Create(3, 2, seed: 4);
        var history = new CascadeHistory(3);
        history.Exclude(1);
        GreedySolver.Values(model, new(0.1), history).Select(value => value.Action).Should().Equal(CascadeAction.Call(0), CascadeAction.Call(2));
    }

    [Fact]
    public void Belief_MoreAnswersThanAreTakenIntoAccount_IsThatOfTheFirst()
    {
        CascadeModel model = RandomCascades.Create(10, 2, seed: 2);
        var all = new CascadeHistory(10);
        var first = new CascadeHistory(10);
        for (int m = 0; m < 10; m++)
        {
            all.RecordAnswer(m, agreesWith: m - 2);
            if (m < CascadeBelief.MostAnswers)
            {
                first.RecordAnswer(m, agreesWith: m - 2);
            }
        }

        double[] afterAll = new double[10];
        double[] afterFirst = new double[10];
        model.Belief(all, afterAll).Should().BeTrue();
        model.Belief(first, afterFirst).Should().BeTrue();
        afterAll.Should().Equal(afterFirst);
        GreedySolver.Values(model, new(0), first).Should().NotContain(value => value.Action.Kind == CascadeActionKind.Call);
    }

    [Fact]
    public void Decide_HistoryThatTheModelHoldsImpossible_GoesByThePrior()
    {
        CascadeModel model = Never(confidence: 0.99);
        var history = new CascadeHistory(2);
        history.RecordAnswer(0);
        history.RecordConfidence(0, 0.99);
        double[] belief = new double[2];

        model.Belief(history, belief).Should().BeFalse();

        belief.Should().Equal(model.Accuracy(0), model.Accuracy(1));
        GreedySolver.Values(model, new(0), history).Should().Equal(
            new ActionValue(CascadeAction.Accept(0), model.Accuracy(0)), new ActionValue(CascadeAction.Call(1), model.Accuracy(1)));
    }

    // Two models whose answers are never given a certain confidence.
    internal static CascadeModel Never(double confidence)
    {
        CascadeModel any = RandomCascades.Create(2, 2, seed: 6);
        double[] density = any.Confidence.Density.ToArray();
        for (int row = 0; row < density.Length; row += ConfidenceGrid.Size)
        {
            density[row + ConfidenceGrid.Cell(confidence)] = 0;
        }

        var cost = new CascadeCost(1);
        return new CascadeModel(
            [.. any.Models],
            [cost, cost],
            [cost, cost],
            [VerificationKind.Paid, VerificationKind.Paid],
            any.Prior,
            new ConfidenceModel(2, CascadeModel.Nodes, 2, density, any.Confidence.BinOfCell.ToArray()),
            any.Agreement,
            any.Options,
            any.Weight);
    }
}
