using AutoMix.Estimation;
using AutoMix.Metrics;
using CsCheck;

namespace AutoMix.Cascades;

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
            iter: 60);

    [Theory]
    [InlineData(CascadeSolver.ExactBackwardInduction)]
    [InlineData(CascadeSolver.GreedyValueOfInformation)]
    public void Values_AtEveryStep_TheActionDecidedIsWorthMost(CascadeSolver solver)
    {
        TraceTable table = TraceTable.From(SimulatedTraces.Create(3, 150, seed: 77));
        CascadeModel model = CascadeModel.Fit(table, new CascadeFitOptions { HistoryLimit = solver == CascadeSolver.ExactBackwardInduction ? 1_000_000 : 1 });
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
