using AutoMix.Evaluation;
using AutoMix.Statistics;
using CsCheck;

namespace AutoMix.Core.Tests.Statistics;

public sealed class VerifierMetricsTests
{
    [Fact]
    public void Auroc_PerfectAndReversedOrder_IsOneAndZero()
    {
        VerifierMetrics.Auroc([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]).Should().Be(1);
        VerifierMetrics.Auroc([0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0]).Should().Be(0);
    }

    [Fact]
    public void Auroc_Ties_CountHalf() => VerifierMetrics.Auroc([0.5, 0.5, 0.5], [0, 1, 1]).Should().Be(0.5);

    [Fact]
    public void Auroc_OneKindOnly_IsNotDefined() => VerifierMetrics.Auroc([0.2, 0.4], [1, 1]).Should().Be(double.NaN);

    [Fact]
    public void Auroc_AnySample_EqualsCountingPairs() =>
        Gen.Select(Gen.Int[0, 8].Array[2, 40], Gen.Int[0, 4].Array[2, 40]).Sample((c, q) =>
        {
            int n = Math.Min(c.Length, q.Length);
            double[] confidences = [.. c.Take(n).Select(v => v / 8.0)];
            double[] qualities = [.. q.Take(n).Select(v => v / 4.0)];
            double won = 0;
            double pairs = 0;
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    double weight = qualities[i] * (1 - qualities[j]);
                    pairs += weight;
                    won += weight * (confidences[i] > confidences[j] ? 1 : confidences[i] == confidences[j] ? 0.5 : 0);
                }
            }

            // A graded answer is so much of a correct one and the rest of a wrong one, so it also meets itself.
            double auroc = VerifierMetrics.Auroc(confidences, qualities);
            return pairs == 0 ? double.IsNaN(auroc) : Math.Abs(auroc - (won / pairs)) < 1e-9;
        });

    [Fact]
    public void CalibrationError_BinsOfKnownGaps_IsTheirWeightedMean() =>
        VerifierMetrics.CalibrationError([0.85, 0.85, 0.85, 0.85, 0.25], [1, 1, 1, 0, 0]).Should().BeApproximately((4 * 0.1 / 5) + (0.25 / 5), 1e-12);

    [Fact]
    public void Brier_KnownValues_IsTheMeanSquare() => VerifierMetrics.Brier([0.9, 0.4], [1, 0]).Should().BeApproximately((0.01 + 0.16) / 2, 1e-12);

    [Fact]
    public void LogLoss_CertainAndWrong_IsFinite() => VerifierMetrics.LogLoss([1.0], [0]).Should().BeApproximately(-Math.Log(1e-12), 1e-3);

    [Fact]
    public void Metrics_Unknown_IsLeftOut() => VerifierMetrics.Brier([double.NaN, 0.5], [1, 1]).Should().Be(0.25);

    [Fact]
    public void Metrics_OutOfRangeOrUnequalLengths_SayWhich()
    {
        FluentActions.Invoking(() => VerifierMetrics.Brier([2.0], [1])).Should().Throw<ArgumentException>().WithMessage("*Confidence 0*");
        FluentActions.Invoking(() => VerifierMetrics.Brier([0.5], [-1])).Should().Throw<ArgumentException>().WithMessage("*Quality 0*");
        FluentActions.Invoking(() => VerifierMetrics.Brier([0.5], [1, 0])).Should().Throw<ArgumentException>().WithMessage("*one quality per confidence*");
    }

    [Fact]
    public void Measure_SameSeed_GivesTheSameIntervalsAroundTheValues()
    {
        (double[] confidences, double[] qualities) = Simulated(400, informative: true);

        VerifierReport report = VerifierReport.Measure(confidences, qualities, 300);

        report.Should().Be(VerifierReport.Measure(confidences, qualities, 300));
        report.Auroc.Covers(report.Auroc.Value).Should().BeTrue();
        report.Brier.Covers(report.Brier.Value).Should().BeTrue();
        report.Worth.Should().Be(SignalWorth.Informative);
        (report.Auroc.High - report.Auroc.Low).Should().BeInRange(0.02, 0.15);
    }

    [Fact]
    public void Trust_Interval_AgreesWithTheBootstrap()
    {
        (double[] confidences, double[] qualities) = Simulated(400, informative: true);

        SignalTrust trust = SignalTrust.Of(confidences, qualities);
        VerifierReport report = VerifierReport.Measure(confidences, qualities);

        trust.Auroc.Should().BeApproximately(report.Auroc.Value, 1e-12);
        trust.Low.Should().BeApproximately(report.Auroc.Low, 0.015);
        trust.High.Should().BeApproximately(report.Auroc.High, 0.015);
    }

    [Fact]
    public void Trust_Noise_IsUninformativeMostOfTheTime()
    {
        int informative = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            (double[] confidences, double[] qualities) = Simulated(200, informative: false, seed);
            informative += SignalTrust.Of(confidences, qualities).Worth == SignalWorth.Informative ? 1 : 0;
        }

        informative.Should().BeLessThan(14, "the interval lies above one half by chance in 2.5 % of cases");
    }

    [Fact]
    public void Trust_AlwaysYes_IsUninformativeEvenWithoutMistakes()
    {
        SignalTrust.Of([.. Enumerable.Repeat(1.0, 50)], [.. Enumerable.Repeat(1.0, 50)]).Worth.Should().Be(SignalWorth.Uninformative);
        SignalTrust.Of([.. Enumerable.Repeat(1.0, 50)], [.. Enumerable.Range(0, 50).Select(i => i % 2.0)]).Worth.Should().Be(SignalWorth.Uninformative);
    }

    [Fact]
    public void Trust_FewLabels_IsUndetermined() =>
        SignalTrust.Of([0.1, 0.9, 0.8], [0, 1, 1]).Worth.Should().Be(SignalWorth.Undetermined);

    [Fact]
    public void Trust_AlwaysReversed_IsUninformative()
    {
        (double[] confidences, double[] qualities) = Simulated(400, informative: true);

        SignalTrust.Of([.. confidences.Select(c => 1 - c)], qualities).Worth.Should().Be(SignalWorth.Uninformative, "no plan reads a confidence backwards");
    }

    [TracesTheory]
    [InlineData("triviaqa.llama.test", 0, 0.487, SignalWorth.Uninformative)]
    [InlineData("triviaqa.qwen_oai.test", 0, 0.864, SignalWorth.Informative)]
    public void Measure_RecordedConfidences_SayWhatTheyAreWorth(string file, int model, double auroc, SignalWorth worth)
    {
        IReadOnlyList<TraceRecord> records = RecordedTraces.Read(file);
        double[] confidences = [.. records.Select(r => r.Answers[model].Confidence ?? double.NaN)];
        double[] qualities = [.. records.Select(r => r.Answers[model].Quality)];

        VerifierReport report = VerifierReport.Measure(confidences, qualities, 200);

        report.Auroc.Value.Should().BeApproximately(auroc, 0.0006);
        report.Auroc.Covers(0.5).Should().Be(worth == SignalWorth.Uninformative);
        report.Worth.Should().Be(worth);
    }

    internal static (double[] Confidences, double[] Qualities) Simulated(int count, bool informative, int seed = 5)
    {
        var random = new Random(seed);
        double[] confidences = new double[count];
        double[] qualities = new double[count];
        for (int i = 0; i < count; i++)
        {
            confidences[i] = random.NextDouble();
            double truth = informative ? (confidences[i] * confidences[i] * 0.8) + 0.1 : 0.4;
            qualities[i] = random.NextDouble() < truth ? 1 : 0;
        }

        return (confidences, qualities);
    }
}
