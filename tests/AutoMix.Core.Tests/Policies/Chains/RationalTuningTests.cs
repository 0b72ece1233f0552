using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Core.Tests.Policies;

public sealed class RationalTuningTests
{
    [Fact]
    public void Gumbel_KnownCases_AreIndependenceAndDependence()
    {
        DependentConfidences.Gumbel(0.3, 0.6, 1).Should().BeApproximately(0.18, 1e-12);
        DependentConfidences.Gumbel(0.3, 0.6, 60).Should().BeApproximately(0.3, 1e-3);
        DependentConfidences.Gumbel(1, 0.6, 3).Should().Be(0.6);
        DependentConfidences.Gumbel(0.3, 0, 3).Should().Be(0);
    }

    [Fact]
    public void Given_AllCells_IsADistributionThatAveragesToUniform()
    {
        var model = DependentConfidences.Fit(Synthetic.Table());
        double[] cells = new double[DependentConfidences.Cells];
        double[] mean = new double[cells.Length];
        for (int low = 0; low < cells.Length; low++)
        {
            model.Given(0, low, low + 1, 2, cells);
            cells.Sum().Should().BeApproximately(1, 1e-9);
            for (int k = 0; k < cells.Length; k++)
            {
                mean[k] += cells[k] / cells.Length;
            }
        }

        mean.Should().AllSatisfy(share => share.Should().BeApproximately(1.0 / cells.Length, 1e-9));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(40)]
    public void Solve_TwoModels_EqualsBruteForceOverAllThresholds(double weight)
    {
        var model = DependentConfidences.Fit(Synthetic.Table(models: 2));
        var objective = new CascadeObjective(weight);
        int count = DependentConfidences.Cells;
        double best = double.NegativeInfinity;
        double[] cells = new double[count];
        double[] price = [objective.Price(model.AnswerCost[0]), objective.Price(model.AnswerCost[1])];
        for (int m = 0; m < 2; m++)
        {
            best = Math.Max(best, Enumerable.Range(0, count).Sum(k => model.CellMean(m, k) / count) - price[m]);
        }

        for (int high = 1; high <= count; high++)
        {
            model.Given(0, 0, high, 1, cells);
            double accepted = Enumerable.Range(high, count - high).Sum(k => model.CellMean(0, k) / count);
            double escalated = (double)high / count * (Enumerable.Range(0, count).Sum(k => cells[k] * model.CellMean(1, k)) - price[1]);
            best = Math.Max(best, accepted + escalated - price[0] - (weight * model.VerifyDollars[0]));
        }

        RationalTuning.Solve(model, objective, "x", AbstentionStage.Never).Value.Should().BeApproximately(best, 1e-9);
    }

    [Fact]
    public void Solve_EarlyAbstention_BeatsLateWhereErrorsAreCorrelatedAndNeverLoses()
    {
        var model = DependentConfidences.Fit(Hopeless());
        bool strictly = false;
        foreach (double weight in (double[])[1, 5, 10, 20, 40])
        {
            foreach (double reward in (double[])[0.2, 0.4, 0.6])
            {
                var objective = new CascadeObjective(weight, AbstainReward: reward);
                double never = RationalTuning.Solve(model, objective, "x", AbstentionStage.Never).Value;
                double late = RationalTuning.Solve(model, objective, "x", AbstentionStage.Last).Value;
                double early = RationalTuning.Solve(model, objective, "x", AbstentionStage.Any).Value;
                late.Should().BeGreaterThanOrEqualTo(never - 1e-12);
                early.Should().BeGreaterThanOrEqualTo(late - 1e-12);
                strictly |= early > late + 1e-4;
            }
        }

        strictly.Should().BeTrue();
    }

    [Fact]
    public void Solve_HopelessQueriesShowAtTheSmallModel_AbstainsBeforeTheLargeIsPaid()
    {
        TraceTable table = Hopeless();
        var objective = new CascadeObjective(10, AbstainReward: 0.3);
        var model = DependentConfidences.Fit(table);
        double Run(AbstentionStage stage) => Candidate.Measure(RationalTuning.Solve(model, objective, "x", stage).Policy, table).Value(objective);
        Run(AbstentionStage.Any).Should().BeGreaterThan(Run(AbstentionStage.Last) + 0.02);
        Run(AbstentionStage.Last).Should().BeGreaterThan(Run(AbstentionStage.Never));
    }

    [Fact]
    public void Fit_BetaMixture_RecoversItsMoments()
    {
        var random = new Random(3);
        double[] values = [.. Enumerable.Range(0, 4000).Select(_ => Enumerable.Range(0, 3).Select(_ => random.NextDouble()).Order().ElementAt(random.Next(2) == 0 ? 0 : 2))];
        var mixture = BetaMixture.Fit(values);
        foreach (double x in (double[])[0.1, 0.3, 0.5, 0.7, 0.9])
        {
            mixture.Below(x).Should().BeApproximately(values.Count(v => v <= x) / 4000.0, 0.025);
        }
    }

    private static TraceTable Hopeless() => TraceTable.From(
        // Where the small model is unsure nobody knows; the large model is as unsure, and dear.
        Enumerable.Range(0, 400).Select(i =>
        {
            double u = (i + 0.5) / 400;
            bool hopeless = u < 0.4;
            return new TraceRecord
            {
                Id = "e" + i,
                Answers =
                [
                    new() { Model = "small", Answer = "x" + i, Quality = hopeless ? 0 : u < 0.7 ? i % 2 : 1, Confidence = u, AnswerCost = 0.001 },
                    new() { Model = "large", Answer = "y" + i, Quality = hopeless ? 0 : 1, Confidence = 0.02 + (0.96 * u), AnswerCost = 0.02 },
                ],
            };
        }));
}
