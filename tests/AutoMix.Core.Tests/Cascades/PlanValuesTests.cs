using AutoMix.Evaluation;
using AutoMix.Policies;
using CsCheck;

namespace AutoMix.Core.Tests.Cascades;

public sealed class PlanValuesTests
{
    [Fact]
    public void Values_BeforeAnyAnswer_HoldTheBruteForceOptimum() =>
        Gen.Select(RandomCascades.Small, Gen.Double[0, 3]).Sample(
            (model, weight) =>
            {
                var objective = new CascadeObjective(weight);
                IReadOnlyList<ActionValue> values = model.Solve(objective).Values(new CascadeHistory(model.ModelCount));
                values.Should().HaveCount(model.ModelCount);
                values.Max(value => value.Value).Should().BeApproximately(new BruteForce(model, objective).OptimalValue(), 1e-12);
            },
            iter: RandomCascades.Cases(60));

    [Fact]
    public void Values_RandomHistories_EqualBruteForceEnumeration() =>
        Gen.Select(RandomCascades.Small, Gen.Int).Sample(
            (model, seed) =>
            {
                var objective = new CascadeObjective(0.4, AbstainReward: seed % 2 == 0 ? 0.3 : null);
                var bruteForce = new BruteForce(model, objective);
                List<BruteForce.Seen> seen = RandomCascades.History(model, new Random(seed));
                if (seen.Any(s => s.Bin < 0 && model.Verification(s.Model) == VerificationKind.Free))
                {
                    return;
                }

                IReadOnlyList<ActionValue> values = model.Solve(objective).Values(bruteForce.History(seen));

                var expected = bruteForce.Actions(seen).ToDictionary(action => action, action => bruteForce.ValueOf(seen, action));
                double accepted = seen.Count == 0 ? 0 : expected.Where(value => value.Key.Kind == CascadeActionKind.Accept).Max(value => value.Value);
                foreach (ActionValue value in values)
                {
                    value.Value.Should().BeApproximately(expected[value.Action], 1e-9, "{0}", value.Action);
                }

                values.Count(value => value.Action.Kind == CascadeActionKind.Accept && Math.Abs(value.Value - accepted) < 1e-9).Should().Be(seen.Count == 0 ? 0 : 1);
                values.Select(value => value.Action).Where(action => action.Kind != CascadeActionKind.Accept)
                    .Should().BeEquivalentTo(expected.Keys.Where(action => action.Kind != CascadeActionKind.Accept));
            },
            iter: RandomCascades.Cases(100));

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public void Values_HistoryOfAnotherSize_IsRefused(int limit)
    {
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(TraceTable.From(SimulatedTraces.Create(2, 30, seed: 1))), new CascadeFitOptions { HistoryLimit = limit });
        CascadePlan plan = model.Solve(new CascadeObjective(1));
        foreach (int models in (int[])[1, 3])
        {
            FluentActions.Invoking(() => plan.Values(new CascadeHistory(models))).Should().Throw<ArgumentException>().WithMessage($"*{models} models*2*");
        }
    }

    [Fact]
    public void Values_ModelExcluded_LeaveItsCallOut()
    {
        var history = new CascadeHistory(3);
        history.Exclude(1);
        RandomCascades.Create(3, 2, seed: 2).Solve(new CascadeObjective(0.1)).Values(history)
            .Select(value => value.Action).Should().Equal(CascadeAction.Call(0), CascadeAction.Call(2));
    }

    [Theory]
    [InlineData(CascadeSolver.ExactBackwardInduction)]
    [InlineData(CascadeSolver.GreedyValueOfInformation)]
    public void Values_AtEveryStep_TheActionDecidedIsWorthMost(CascadeSolver solver)
    {
        TraceTable table = TraceTable.From(SimulatedTraces.Create(3, 150, seed: 77));
        CascadeModel model = CascadeTrainer.Fit(table, new CascadeFitOptions { HistoryLimit = solver == CascadeSolver.ExactBackwardInduction ? 1_000_000 : 1 });
        CascadePlan plan = model.Solve(new CascadeObjective(400, AbstainReward: 0.2));
        plan.Solver.Should().Be(solver);
        var history = new CascadeHistory(3);
        for (int row = 0; row < 60; row++)
        {
            CascadeReplay.Run(plan, table, row, history, action =>
            {
                IReadOnlyList<ActionValue> values = plan.Values(history);
                ActionValue decided = values.Single(value => value.Action.Kind == action.Kind && value.Action.Model == action.Model);
                decided.Value.Should().BeGreaterThanOrEqualTo(values.Max(value => value.Value) - 1e-9);
            });
        }
    }

    [Fact]
    public void Evaluate_PolicyOfTheFoldThatLeftTheRowOut_DecidesTheRow()
    {
        TraceTable table = TraceTable.From(SimulatedTraces.Create(2, 50, seed: 3));
        PolicyEvaluation evaluation = CrossValidation.Evaluate(table, rest =>
        {
            rest.RowCount.Should().Be(40);
            return ThresholdPolicy.Always(rest.Models, 1);
        });
        evaluation.Model.Should().AllBeEquivalentTo(1);
        evaluation.Quality.Should().Equal(Enumerable.Range(0, 50).Select(row => table.Quality(row, 1)));
    }

    [Fact]
    public void Evaluate_FitThatFails_ThrowsItsOwnException() =>
        FluentActions.Invoking(() => CrossValidation.Evaluate(TraceTable.From(SimulatedTraces.Create(2, 20, seed: 3)), _ => throw new ArgumentException("no such goal")))
            .Should().Throw<ArgumentException>().WithMessage("no such goal");
}
