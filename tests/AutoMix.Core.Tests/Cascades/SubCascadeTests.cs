using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Cascades;

public class SubCascadeTests
{
    private static readonly TraceTable Twelve = TraceTable.From(SimulatedTraces.Create(12, 500, seed: 3));

    [Theory]
    [InlineData(3, 2, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(3, 1, 3)]
    public void Select_SomeModels_BeliefIsThatOfTheWholeCascadeWithoutTheOthers(int models, int bins, int seed)
    {
        CascadeModel whole = RandomCascades.Create(models, bins, seed);
        CascadeModel part = whole.Select([0, 2]);

        part.Models.Should().Equal(whole.Models[0], whole.Models[2]);
        part.Accuracy(0).Should().BeApproximately(whole.Accuracy(0), 1e-12);
        part.Accuracy(1).Should().BeApproximately(whole.Accuracy(2), 1e-12);
        if (whole.Prior.Blend.IsEmpty)
        {
            var of2 = new CascadeHistory(2);
            var of3 = new CascadeHistory(3);
            of2.RecordAnswer(0);
            of3.RecordAnswer(0);
            of2.RecordAnswer(1, agreesWith: 0);
            of3.RecordAnswer(2, agreesWith: 0);
            of2.RecordConfidence(1, 0.8);
            of3.RecordConfidence(2, 0.8);
            double[] inPart = new double[2], inWhole = new double[3];
            part.Belief(of2, inPart);
            whole.Belief(of3, inWhole);
            inPart[0].Should().BeApproximately(inWhole[0], 1e-12);
            inPart[1].Should().BeApproximately(inWhole[2], 1e-12);
        }
    }

    [Fact]
    public void Solve_TwelveModels_WorthMoreThanAnySingleModelAndThanLookingOneStepAhead()
    {
        var model = CascadeModel.Fit(CascadeCounts.From(Twelve), new CascadeFitOptions { Bins = 3 });
        var greedy = CascadeModel.Fit(CascadeCounts.From(Twelve), new CascadeFitOptions { Bins = 3, HistoryLimit = 0 });
        var test = TraceTable.From(SimulatedTraces.Create(12, 4000, seed: 103));
        double dearest = model.AnswerCost(11).Dollars;
        foreach (double share in (double[])[0.05, 0.2])
        {
            var objective = new CascadeObjective(share / dearest);
            double Value(ICascadePolicy policy)
            {
                CostQuality reached = PolicyEvaluation.Run(policy, test).Mean;
                return reached.Accuracy - (share * reached.Cost / dearest);
            }

            CascadePlan plan = model.Solve(objective);
            plan.Solver.Should().Be(CascadeSolver.ExactOnSubCascade);
            double value = Value(plan);
            value.Should().BeGreaterThan(Value(greedy.Solve(objective)) + 0.02);
            for (int m = 0; m < 12; m++)
            {
                value.Should().BeGreaterThan(Value(new ThresholdPolicy(test.Models, [.. Enumerable.Range(0, 12).Select(other => other == m ? 0.0 : ThresholdPolicy.Skip)])));
            }
        }
    }

    [Fact]
    public void Solve_SeveralObjectives_EachIsWorthWhatItIsWorthAlone()
    {
        var model = CascadeModel.Fit(CascadeCounts.From(Twelve), new CascadeFitOptions { Bins = 2 });
        double dearest = model.AnswerCost(11).Dollars;
        CascadeObjective[] objectives = [.. Enumerable.Range(0, 20).Select(i => new CascadeObjective(Math.Pow(2, i - 10) / dearest))];

        IReadOnlyList<CascadePlan> together = model.Solve(objectives);

        foreach (int i in (int[])[0, 7, 13, 19])
        {
            double alone = Best(model.Solve(objectives[i]));
            Best(together[i]).Should().BeGreaterThan(alone - 0.01);
        }

        double Best(CascadePlan plan) => plan.Values(new CascadeHistory(12)).Max(value => value.Value);
    }

    [Fact]
    public void Decide_MemberExcludedOrStrangerAnswered_OneStepOfLookAheadDecides()
    {
        var model = CascadeModel.Fit(CascadeCounts.From(Twelve), new CascadeFitOptions { Bins = 2 });
        CascadePlan plan = model.Solve(new CascadeObjective(0.1 / model.AnswerCost(11).Dollars));
        var history = new CascadeHistory(12);
        CascadeAction first = plan.Decide(history);
        first.Kind.Should().Be(CascadeActionKind.Call);

        history.Exclude(first.Model);
        plan.Decide(history).Should().Be(GreedySolver.Decide(model, plan.Objective, history));

        int[] members = [.. plan.Values(new CascadeHistory(12)).Where(value => value.Action.Kind == CascadeActionKind.Call).Select(value => value.Action.Model)];
        members.Should().HaveCountLessThanOrEqualTo(5).And.Contain(first.Model);
        int stranger = Enumerable.Range(0, 12).Except(members).First();
        var strange = new CascadeHistory(12);
        strange.RecordAnswer(stranger);
        plan.Decide(strange).Should().Be(GreedySolver.Decide(model, plan.Objective, strange));
        plan.ConfidenceEdges(strange, stranger).Should().BeNull();
    }
}
