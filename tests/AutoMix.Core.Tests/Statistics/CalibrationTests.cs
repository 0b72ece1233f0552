using AutoMix.Statistics;
using CsCheck;

namespace AutoMix.Core.Tests.Statistics;

public sealed class CalibrationTests
{
    public static TheoryData<CalibrationKind> Kinds => [.. Enum.GetValues<CalibrationKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fit_AnyData_GivesProbabilitiesThatSurviveJson(CalibrationKind kind) =>
        Gen.Select(Gen.Double[0, 1].Array[1, 60], Gen.Bool.Array[60]).Sample((confidences, good) =>
        {
            double[] qualities = [.. good.Take(confidences.Length).Select(g => g ? 1.0 : 0.0)];
            var calibration = Calibration.Fit(kind, confidences, qualities);
            var again = Calibration.FromJson(calibration.ToJson());
            double before = -1;
            for (double c = 0; c <= 1; c += 1.0 / 64)
            {
                double p = calibration.Apply(c);
                if (!(p >= 0 && p <= 1) || p != again.Apply(c) || (kind != CalibrationKind.Histogram && p < before - 1e-12))
                {
                    return false;
                }

                before = p;
            }

            return again.Kind == kind;
        }, iter: 200);

    [Theory]
    [InlineData(CalibrationKind.Platt)]
    [InlineData(CalibrationKind.Beta)]
    [InlineData(CalibrationKind.Isotonic)]
    [InlineData(CalibrationKind.Histogram)]
    public void Fit_BentConfidences_AreStraightened(CalibrationKind kind)
    {
        (double[] confidences, double[] qualities) = VerifierMetricsTests.Simulated(4000, informative: true);
        (double[] fresh, double[] truth) = VerifierMetricsTests.Simulated(4000, informative: true, seed: 6);

        var calibration = Calibration.Fit(kind, confidences, qualities);

        double[] calibrated = [.. fresh.Select(calibration.Apply)];
        VerifierMetrics.CalibrationError(fresh, truth).Should().BeGreaterThan(0.1);
        VerifierMetrics.CalibrationError(calibrated, truth).Should().BeLessThan(0.05);
    }

    [Theory]
    [InlineData(CalibrationKind.Platt)]
    [InlineData(CalibrationKind.Beta)]
    public void Fit_ConfidencesThatSayTheOpposite_AreWorthNothingAndKeepTheLevel(CalibrationKind kind)
    {
        // Half of the sure answers are right, and nine in ten of the others: .7 of all.
        double[] confidences = [.. Enumerable.Repeat(0.9, 100), .. Enumerable.Repeat(0.6, 100)];
        double[] qualities = [.. Enumerable.Range(0, 100).Select(i => i < 50 ? 1.0 : 0), .. Enumerable.Range(0, 100).Select(i => i < 90 ? 1.0 : 0)];
        Calibration fitted = Calibration.Fit(kind, confidences, qualities);
        fitted.Apply(0.9).Should().BeApproximately(0.7, 0.02);
        fitted.Apply(0.6).Should().BeApproximately(0.7, 0.02);
    }

    [Fact]
    public void Isotonic_KnownData_PoolsAdjacentViolators()
    {
        var calibration = Calibration.Fit(CalibrationKind.Isotonic, [0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]);

        calibration.Apply(0.25).Should().BeApproximately(0.5, 1e-12);
        calibration.Apply(0.0).Should().BeApproximately(1.0 / 6, 1e-12);
        calibration.Apply(1.0).Should().BeApproximately(5.0 / 6, 1e-12);
    }

    [Fact]
    public void Isotonic_EqualConfidences_ArePooledWhateverTheirOrder()
    {
        var one = Calibration.Fit(CalibrationKind.Isotonic, [0.5, 0.5, 0.5, 0.5], [1, 0, 1, 1]);
        var other = Calibration.Fit(CalibrationKind.Isotonic, [0.5, 0.5, 0.5, 0.5], [1, 1, 1, 0]);

        one.Apply(0.5).Should().Be(0.75).And.Be(other.Apply(0.5));
    }

    [Fact]
    public void Choose_LogisticTruth_PrefersAFunctionOfFewNumbers()
    {
        var random = new Random(4);
        double[] confidences = [.. Enumerable.Range(0, 300).Select(_ => random.NextDouble())];
        double[] qualities = [.. confidences.Select(c => random.NextDouble() < Logistic.Sigmoid((0.4 * ConfidenceGrid.LogOdds(c)) + 1) ? 1.0 : 0)];

        CalibrationChoice choice = Calibration.Choose(confidences, qualities);

        choice.Calibration.Kind.Should().BeOneOf(CalibrationKind.Platt, CalibrationKind.Beta);
        choice.HeldOutLogLoss[choice.Calibration.Kind].Should().BeLessThan(choice.HeldOutLogLoss[CalibrationKind.None]);
    }

    [Fact]
    public void Choose_CalibratedAlready_LosesNothing()
    {
        var random = new Random(4);
        double[] confidences = [.. Enumerable.Range(0, 500).Select(_ => random.NextDouble())];
        double[] qualities = [.. confidences.Select(c => random.NextDouble() < c ? 1.0 : 0)];

        CalibrationChoice choice = Calibration.Choose(confidences, qualities);

        choice.HeldOutLogLoss.Values.Min().Should().Be(choice.HeldOutLogLoss[choice.Calibration.Kind]);
        VerifierMetrics.CalibrationError([.. confidences.Select(choice.Calibration.Apply)], qualities).Should().BeLessThan(0.06);
    }

    [Fact]
    public void Apply_Unknown_StaysUnknown() => Calibration.Identity.Apply(double.NaN).Should().Be(double.NaN);

    [Theory]
    [InlineData(2.0)]
    [InlineData(-0.1)]
    [InlineData(double.PositiveInfinity)]
    public void Apply_OutOfRange_Throws(double confidence) =>
        FluentActions.Invoking(() => Calibration.Identity.Apply(confidence)).Should().Throw<ArgumentOutOfRangeException>();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"kind":"Platt","x":[1],"y":[]}""")]
    [InlineData("""{"kind":"Isotonic","x":[0.5],"y":[0.5,0.7]}""")]
    [InlineData("""{"kind":"Nonsense"}""")]
    public void FromJson_NoCalibration_SaysSo(string json) =>
        FluentActions.Invoking(() => Calibration.FromJson(json)).Should().Throw<FormatException>();

    [Fact]
    public void Fit_NothingKnown_SaysSo() =>
        FluentActions.Invoking(() => Calibration.Fit(CalibrationKind.Platt, [double.NaN], [1])).Should().Throw<ArgumentException>();

    [TracesTheory]
    [InlineData("triviaqa.llama")]
    [InlineData("triviaqa.qwen_oai")]
    [InlineData("mmlu.llama")]
    [InlineData("mmlu.qwen_oai")]
    public void Choose_OnTraining_LowersTheCalibrationErrorOnTest(string chain)
    {
        IReadOnlyList<TraceRecord> train = RecordedTraces.Read(chain + ".train");
        IReadOnlyList<TraceRecord> test = RecordedTraces.Read(chain + ".test");
        double before = 0;
        double after = 0;
        for (int m = 0; m < train[0].Answers.Count; m++)
        {
            Calibration calibration = Calibration.Choose(Confidences(train, m), Qualities(train, m)).Calibration;
            before += VerifierMetrics.CalibrationError(Confidences(test, m), Qualities(test, m));
            after += VerifierMetrics.CalibrationError([.. Confidences(test, m).Select(calibration.Apply)], Qualities(test, m));
        }

        after.Should().BeLessThan(0.75 * before);
    }

    private static double[] Confidences(IReadOnlyList<TraceRecord> records, int model) => [.. records.Select(r => r.Answers[model].Confidence ?? double.NaN)];

    private static double[] Qualities(IReadOnlyList<TraceRecord> records, int model) => [.. records.Select(r => r.Answers[model].Quality)];
}
