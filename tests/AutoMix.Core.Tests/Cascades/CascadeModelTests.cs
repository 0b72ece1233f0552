using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Cascades;

public sealed class CascadeModelTests
{
    [Theory]
    [InlineData(1, CascadeSolver.ExactBackwardInduction)]
    [InlineData(2, CascadeSolver.ExactBackwardInduction)]
    [InlineData(5, CascadeSolver.ExactBackwardInduction)]
    [InlineData(7, CascadeSolver.ExactOnSubCascade)]
    [InlineData(12, CascadeSolver.ExactOnSubCascade)]
    [InlineData(40, CascadeSolver.ExactOnSubCascade)]
    public void Solve_AnyNumberOfModels_NamesItsSolverAndAnswersEveryQuery(int models, CascadeSolver solver)
    {
        var traces = TraceTable.From(SimulatedTraces.Create(models, 200, seed: models));
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(traces), new CascadeFitOptions());
        double dearest = model.AnswerCost(models - 1).Dollars;
        CascadePlan plan = model.Solve(new CascadeObjective(0.1 / dearest));
        plan.Solver.Should().Be(solver);
        CostQuality reached = PolicyEvaluation.Run(plan, traces).Mean;
        CostQuality largest = PolicyEvaluation.Run(new ThresholdPolicy(traces.Models, [.. Enumerable.Repeat(ThresholdPolicy.Skip, models - 1), 0]), traces).Mean;
        (reached.Accuracy - (0.1 * reached.Cost / dearest)).Should().BeGreaterThanOrEqualTo(largest.Accuracy - (0.1 * largest.Cost / dearest) - 0.03);
    }

    [Fact]
    public void Solve_BothSolversRun_GreedyIsNeverBetterThanExactInTheModelAndNearlyAsGood()
    {
        var traces = TraceTable.From(SimulatedTraces.Create(3, 300, seed: 4));
        var exact = CascadeModel.Fit(CascadeCounts.From(traces), new CascadeFitOptions { Bins = 3 });
        var greedy = CascadeModel.Fit(CascadeCounts.From(traces), new CascadeFitOptions { Bins = 3, HistoryLimit = 0 });
        foreach (double share in (double[])[0, 0.02, 0.1, 0.3, 1])
        {
            var objective = new CascadeObjective(share / exact.AnswerCost(2).Dollars);
            var bruteForce = new BruteForce(exact, objective);
            double best = bruteForce.ValueOf(exact.Solve(objective));
            CascadePlan myopic = greedy.Solve(objective);
            myopic.Solver.Should().Be(CascadeSolver.GreedyValueOfInformation);
            double reached = ValueOnGrid(exact, objective, myopic);
            reached.Should().BeLessThanOrEqualTo(best + 1e-9).And.BeGreaterThan(best - 0.05);
        }
    }

    [Fact]
    public void Decide_TableAndGreedy_AllocateNothing()
    {
        var traces = TraceTable.From(SimulatedTraces.Create(3, 200, seed: 2));
        foreach (int limit in (int[])[0, 1_000_000])
        {
            CascadeModel model = CascadeModel.Fit(CascadeCounts.From(traces), new CascadeFitOptions { HistoryLimit = limit });
            CascadePlan plan = model.Solve(new CascadeObjective(0.1 / model.AnswerCost(2).Dollars));
            var history = new CascadeHistory(3);
            history.RecordAnswer(0);
            history.RecordConfidence(0, 0.4);
            for (int warm = 0; warm < 200; warm++)
            {
                plan.Decide(history);
            }

            // A collection meanwhile may empty the pool of the greedy solver's buffer; it does not do so every time.
            long[] rounds = new long[10];
            for (int round = 0; round < rounds.Length; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 100; i++)
                {
                    plan.Decide(history);
                }

                rounds[round] = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            rounds.Min().Should().Be(0);
        }
    }

    [Fact]
    public void Decide_VerificationUnknownOrModelExcluded_StillDecidesSomethingThatCanBeDone()
    {
        var traces = TraceTable.From(SimulatedTraces.Create(3, 200, seed: 3));
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(traces), new CascadeFitOptions());
        foreach (CascadePlan plan in model.Solve([.. CrossValidation.Objectives(traces)]))
        {
            var history = new CascadeHistory(3);
            history.Exclude(0);
            history.Exclude(2);
            plan.Decide(history).Should().Be(CascadeAction.Call(1, plan.Decide(history).IsFinal));
            history.RecordAnswer(1);
            history.RecordUnknown(1);
            plan.Decide(history).Should().Be(CascadeAction.Accept(1));
        }
    }

    [Fact]
    public void Fit_AccuracyFallsSteeplyBetweenTwoWeights_MeasuresWeightsBetweenThem()
    {
        var traces = TraceTable.From(SimulatedTraces.Create(3, 200, seed: 3));
        CascadeCurve curve = CascadeTrainer.Fit(traces).Curve!;
        double[] coarse = [.. CrossValidation.Objectives(traces).Select(objective => objective.DollarWeight)];
        OperatingPoint[] measured = [.. curve.Points.Where(point => coarse.Contains(point.CostWeight))];
        measured.Should().HaveCount(coarse.Length);
        for (int i = 2; i < coarse.Length; i++)
        {
            bool isSteep = Math.Abs(measured[i].Accuracy - measured[i - 1].Accuracy) > 0.02 * curve.BestAccuracy;
            curve.Points.Count(point => point.CostWeight > coarse[i - 1] && point.CostWeight < coarse[i]).Should().Be(isSteep ? 3 : 0);
        }

        curve.Points.Count.Should().BeGreaterThan(coarse.Length);
    }

    [Fact]
    public void Decide_NothingCanBeCalled_Abstains()
    {
        CascadeModel model = RandomCascades.Create(2, 2, seed: 1);
        var history = new CascadeHistory(2);
        history.Exclude(0);
        history.Exclude(1);
        model.Solve(new CascadeObjective(0.1)).Decide(history).Should().Be(CascadeAction.Abstain);
    }

    [Fact]
    public void Decide_HistoryOfAnotherSize_IsRefused() =>
        ((Action)(() => RandomCascades.Create(2, 2, seed: 1).Solve(new CascadeObjective(0.1)).Decide(new CascadeHistory(3))))
            .Should().Throw<ArgumentException>().WithMessage("*3 models*2*");

    [Fact]
    public void Fit_CountsOfPartsMerged_EqualsCountsOfTheWhole()
    {
        var traces = TraceTable.From(SimulatedTraces.Create(3, 120, seed: 9));
        var merged = new CascadeCounts(traces.Models);
        merged.Merge(CascadeCounts.From(traces.SelectRows([.. Enumerable.Range(0, 50)])));
        merged.Merge(CascadeCounts.From(traces.SelectRows([.. Enumerable.Range(50, 70)])));
        var options = new CascadeFitOptions { Bins = 3 };
        CascadeModel fromParts = CascadeModel.Fit(merged, options);
        CascadeModel fromWhole = CascadeModel.Fit(CascadeCounts.From(traces), options);
        var objective = new CascadeObjective(0.1 / fromWhole.AnswerCost(2).Dollars);
        new BruteForce(fromParts, objective).OptimalValue().Should().BeApproximately(new BruteForce(fromWhole, objective).OptimalValue(), 1e-9);
    }

    [Fact]
    public void Fit_EveryLikelihood_KeepsTheOrderOfConfidences()
    {
        var traces = TraceTable.From(SimulatedTraces.Create(2, 400, seed: 11));
        foreach (ConfidenceLikelihoodKind kind in Enum.GetValues<ConfidenceLikelihoodKind>())
        {
            CascadeModel model = CascadeModel.Fit(CascadeCounts.From(traces), new CascadeFitOptions { Likelihood = kind });
            double[] sure = BeliefAfter(model, 0.9);
            double[] unsure = BeliefAfter(model, 0.2);
            sure[0].Should().BeGreaterThan(unsure[0] + 0.1, "a confident answer is more likely right ({0})", kind);
        }
    }

    [Fact]
    public void Fit_GradedQualities_CountAsFractions()
    {
        TraceTable graded = TraceTable.From(SimulatedTraces.Create(2, 200, seed: 6).Select(record => record with
        {
            Answers = [.. record.Answers.Select(answer => answer with { Quality = 0.25 + (answer.Quality / 2) })],
        }));
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(graded), new CascadeFitOptions());
        double expected = Enumerable.Range(0, 200).Average(row => graded.Quality(row, 1));
        model.Accuracy(1).Should().BeApproximately(expected, 0.03);
    }

    [Fact]
    public void Fit_FewRows_StaysNearWhatTheRowsSay()
    {
        var traces = TraceTable.From(SimulatedTraces.Create(3, 5, seed: 12));
        CascadeModel model = CascadeTrainer.Fit(traces);
        model.Curve!.Points.Should().OnlyContain(point => point.Accuracy >= 0 && point.Accuracy <= 1 && point.CostPerQuery > 0);
    }

    [Fact]
    public void Fit_NoQuery_IsRefused() =>
        ((Action)(() => CascadeModel.Fit(new CascadeCounts(["a", "b"]), new CascadeFitOptions()))).Should().Throw<ArgumentException>().WithMessage("*no query*");

    [Fact]
    public void Counts_ModelListedTwice_IsRefused() =>
        ((Action)(() => new CascadeCounts(["a", "a"]))).Should().Throw<ArgumentException>().WithMessage("*'a' is listed twice*");

    [Fact]
    public void Counts_OfOtherModels_DoNotMerge() =>
        ((Action)(() => new CascadeCounts(["a", "b"]).Merge(new CascadeCounts(["a", "c"])))).Should().Throw<ArgumentException>().WithMessage("*a, b*a, c*");

    [Fact]
    public void Solve_GoalWithoutHeldOutFigures_SaysWhatToDo() =>
        ((Action)(() => RandomCascades.Create(2, 2, seed: 1).Solve(Goal.KeepQuality(0.9)))).Should().Throw<InvalidOperationException>().WithMessage("*from traces*");

    private static double[] BeliefAfter(CascadeModel model, double confidence)
    {
        var history = new CascadeHistory(2);
        history.RecordAnswer(0);
        history.RecordConfidence(0, confidence);
        double[] belief = new double[2];
        model.Belief(history, belief);
        return belief;
    }

    // The greedy solver reads single cells of the confidence grid, the brute force bins; walk the bins through their middle.
    private static double ValueOnGrid(CascadeModel model, CascadeObjective objective, ICascadePolicy policy) => new BruteForce(model, objective).ValueOf(policy);
}
