using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class ControlledRiskTests
{
    [Fact]
    public void Fit_KnownDistribution_BreaksThePromiseRarelyAndAnswersMuch()
    {
        // P(correct | confidence) is the confidence itself: the true error of a threshold is known by a large sample.
        TraceTable truth = Calibrated(TestSize.Of(4_000, 10_000), 999);
        int broken = 0;
        double coverage = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            ControlledRisk fitted = ControlledRisk.Fit(Calibrated(2000, seed), maxError: 0.1);
            (double error, double answered) = Run(fitted.Policy, truth);
            broken += error > 0.1 ? 1 : 0;
            coverage += answered / 20;
        }

        broken.Should().BeLessThanOrEqualTo(2);
        coverage.Should().BeGreaterThan(0.1);
    }

    [Fact]
    public void Fit_NothingCanBePromised_AbstainsWithoutCalling()
    {
        TraceTable hopeless = TraceTable.From(Synthetic.Records(60, 1).Select(r => r with { Answers = [.. r.Answers.Select(a => a with { Quality = 0 })] }));
        ControlledRisk fitted = ControlledRisk.Fit(hopeless, 0.05);
        fitted.Coverage.Should().Be(0);
        fitted.Policy.Decide(new CascadeHistory(3)).Should().Be(CascadeAction.Abstain);
    }

    [TracesTheory]
    [InlineData("mmlu.llama", 0.1)]
    [InlineData("mmlu.qwen_oai", 0.1)]
    [InlineData("triviaqa.llama", 0.05)]
    [InlineData("triviaqa.qwen_oai", 0.05)]
    public void Fit_TwoHundredSplitsOfRecordedTraces_BreaksThePromiseInAtMostFivePercent(string chain, double maxError)
    {
        TraceTable table = TraceTable.From(RecordedTraces.Read(chain + ".test"));
        const int Splits = 50;
        int broken = 0;
        for (int split = 0; split < Splits; split++)
        {
            int[] rows = [.. Enumerable.Range(0, table.RowCount)];
            new Random(split).Shuffle(rows);
            ControlledRisk fitted = ControlledRisk.Fit(table.SelectRows(rows.AsSpan(0, 400)), maxError);
            (double error, _) = Run(fitted.Policy, table.SelectRows(rows.AsSpan(400)));
            broken += error > maxError ? 1 : 0;
        }

        // Four chains of fifty splits are the two hundred; each may break as many as chance allows at five percent.
        broken.Should().BeLessThanOrEqualTo(Splits / 20, chain);
    }

    [TracesTheory]
    [InlineData("mmlu.llama", 0.2, 0.8)]
    [InlineData("triviaqa.llama", 0.1, 0.9)]
    [InlineData("triviaqa.qwen_oai", 0.1, 0.9)]
    public void Fit_ThreeHundredRowsAndAModestPromise_AnswersMost(string chain, double maxError, double least)
    {
        TraceTable table = TraceTable.From(RecordedTraces.Read(chain + ".test"));
        const int Splits = 10;
        double coverage = 0;
        for (int split = 0; split < Splits; split++)
        {
            int[] rows = [.. Enumerable.Range(0, table.RowCount)];
            new Random(split).Shuffle(rows);
            ControlledRisk fitted = ControlledRisk.Fit(table.SelectRows(rows.AsSpan(0, 300)), maxError);
            coverage += Run(fitted.Policy, table.SelectRows(rows.AsSpan(300))).Answered / Splits;
        }

        coverage.Should().BeGreaterThan(least);
    }

    private static (double Error, double Answered) Run(ICascadePolicy policy, TraceTable table)
    {
        var history = new CascadeHistory(table.ModelCount);
        double errors = 0;
        double answered = 0;
        for (int row = 0; row < table.RowCount; row++)
        {
            CascadeOutcome outcome = CascadeReplay.Run(policy, table, row, history);
            errors += outcome.Model >= 0 ? 1 - outcome.Quality : 0;
            answered += outcome.Model >= 0 ? 1 : 0;
        }

        return (answered > 0 ? errors / answered : 0, answered / table.RowCount);
    }

    private static TraceTable Calibrated(int rows, int seed)
    {
        var random = new Random(seed);
        return TraceTable.From(Enumerable.Range(0, rows).Select(i => new TraceRecord
        {
            Id = $"c{seed}-{i}",
            Answers = [.. Enumerable.Range(0, 2).Select(m =>
            {
                double confidence = m == 0 ? random.NextDouble() : 0.4 + (0.6 * random.NextDouble());
                return new TraceAnswer
                {
                    Model = "m" + m,
                    Answer = $"{i}-{m}",
                    Quality = random.NextDouble() < confidence ? 1 : 0,
                    Confidence = confidence,
                    AnswerCost = m == 0 ? 0.001 : 0.01,
                };
            })],
        }));
    }
}
