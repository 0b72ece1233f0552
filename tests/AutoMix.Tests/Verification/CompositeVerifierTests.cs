using AutoMix.Statistics;
using Microsoft.Extensions.AI;

namespace AutoMix.Tests;

public sealed class CompositeVerifierTests
{
    private static readonly IVerifier Unknown = Fixed(Verdict.Unknown("?"));
    private static readonly IVerifier Rejects = Fixed(Verdict.Reject("no"));
    private static readonly IVerifier Holds = Fixed(Verdict.Pass());
    private static readonly IVerifier Throws = Verifiers.FromDelegate((_, _) => throw new FormatException("broken"), "throws");

    [Fact]
    public async Task All_OfConfidences_IsTheLowest() => (await Verifiers.All(Fixed(0.9), Fixed(0.4), Holds).OfAsync("x")).Confidence.Should().Be(0.4);

    [Fact]
    public async Task All_OneRejectsOrIsUnknown_IsThat()
    {
        (await Verifiers.All(Fixed(0.9), Rejects).OfAsync("x")).Kind.Should().Be(VerdictKind.Rejected);
        (await Verifiers.All(Fixed(0.9), Unknown).OfAsync("x")).Kind.Should().Be(VerdictKind.Unknown);
        (await Verifiers.All(Fixed(0.9), Throws).OfAsync("x")).Reason.Should().Contain("FormatException");
        (await Verifiers.All(Holds).OfAsync("x")).Kind.Should().Be(VerdictKind.Passed);
    }

    [Fact]
    public async Task All_FreeRejection_SavesThePaidVerifier()
    {
        int paid = 0;
        IVerifier expensive = Verifiers.FromDelegate((_, _) => new(paid++), "paid", isFree: false);

        IVerifier all = Verifiers.All(expensive, Rejects);
        await all.OfAsync("x");

        paid.Should().Be(0);
        all.IsFree.Should().BeFalse();
        Verifiers.All(Rejects).IsFree.Should().BeTrue();
    }

    [Fact]
    public async Task Any_IsTheHighestThatIsKnown()
    {
        (await Verifiers.Any(Fixed(0.2), Fixed(0.7), Unknown, Throws).OfAsync("x")).Confidence.Should().Be(0.7);
        (await Verifiers.Any(Rejects, Unknown).OfAsync("x")).Kind.Should().Be(VerdictKind.Rejected);
        (await Verifiers.Any(Unknown).OfAsync("x")).Kind.Should().Be(VerdictKind.Unknown);
    }

    [Fact]
    public async Task Weighted_UnknownHasNoWeight()
    {
        (await Verifiers.Weighted((Fixed(0.9), 3), (Fixed(0.1), 1), (Unknown, 100)).OfAsync("x")).Confidence.Should().BeApproximately(0.7, 1e-12);
        (await Verifiers.Weighted((Unknown, 1)).OfAsync("x")).Kind.Should().Be(VerdictKind.Unknown);
        FluentActions.Invoking(() => Verifiers.Weighted((Holds, 0))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task Stacked_LearntWeights_FollowTheSignalThatTellsSomething()
    {
        var random = new Random(2);
        double[] signals = new double[800];
        double[] qualities = new double[400];
        for (int row = 0; row < 400; row++)
        {
            signals[2 * row] = random.NextDouble();
            signals[(2 * row) + 1] = random.NextDouble();
            qualities[row] = random.NextDouble() < signals[2 * row] ? 1 : 0;
        }

        var stack = StackedSignals.FromJson(StackedSignals.Fit(signals, 2, qualities).ToJson());

        (await Verifiers.Stacked(stack, Fixed(0.9), Fixed(0.1)).OfAsync("x")).Confidence.Should().BeGreaterThan(0.7);
        (await Verifiers.Stacked(stack, Fixed(0.1), Fixed(0.9)).OfAsync("x")).Confidence.Should().BeLessThan(0.3);
        (await Verifiers.Stacked(stack, Unknown, Unknown).OfAsync("x")).Kind.Should().Be(VerdictKind.Unknown);
        FluentActions.Invoking(() => Verifiers.Stacked(stack, Holds)).Should().Throw<ArgumentException>().WithMessage("*2 signals*");
    }

    [Fact]
    public async Task Calibrated_Confidence_BecomesAProbability()
    {
        var calibration = Calibration.Fit(CalibrationKind.Isotonic, [0.2, 0.8, 0.9, 1.0], [0, 0, 1, 1]);
        IVerifier verifier = Verifiers.Calibrated(Fixed(0.5), model => model == "small" ? calibration : null);

        (await verifier.OfAsync(Asked.Context("x"))).Confidence.Should().Be(calibration.Apply(0.5));
        (await verifier.OfAsync(Asked.Context("x", model: "large"))).Confidence.Should().Be(0.5);
        (await Verifiers.Calibrated(Unknown, _ => calibration).OfAsync("x")).Kind.Should().Be(VerdictKind.Unknown);
    }

    [Fact]
    public async Task Calibrated_Threshold_ReachesTheVerifierInItsOwnTerms()
    {
        double? seen = null;
        var calibration = Calibration.Fit(CalibrationKind.Platt, [0.2, 0.4, 0.8, 0.9, 0.95, 1.0], [0, 0, 0, 1, 0, 1]);
        IVerifier inner = Verifiers.FromDelegate(
            (context, _) =>
            {
                seen = context.ConfidenceEdges!.Single();
                return new(seen!.Value);
            },
            "inner");

        Verdict verdict = await Verifiers.Calibrated(inner, _ => calibration).OfAsync(Asked.Context("x", threshold: 0.3));

        calibration.Apply(seen!.Value).Should().BeApproximately(0.3, 1e-6);
        verdict.Confidence.Should().BeApproximately(0.3, 1e-6);
    }

    [Fact]
    public async Task Composites_PassEdgesOnOnlyWhereTheyMeanTheSameOfAPart()
    {
        IReadOnlyList<double>? seen = null;
        IVerifier part = Verifiers.FromDelegate((context, _) =>
        {
            seen = context.ConfidenceEdges;
            return new(0.5);
        });

        foreach ((IVerifier whole, bool passed) in ((IVerifier, bool)[])[(Verifiers.All(part), true), (Verifiers.Any(part), true), (Verifiers.Weighted((part, 1), (Fixed(0), 3)), false)])
        {
            await whole.OfAsync(Asked.Context("x", threshold: 0.3));
            (seen is not null).Should().Be(passed, whole.Name);
        }
    }

    [Fact]
    public async Task Watched_ConfidencesThatDrift_CallBackWithModelAndVerifier()
    {
        var drifts = new List<ConfidenceDriftEventArgs>();
        double next = 0;
        IVerifier verifier = Verifiers.Watched(Verifiers.FromDelegate((_, _) => new(next), "votes"), drifts.Add, window: 50);
        for (int i = 0; i < 200; i++)
        {
            next = i < 100 ? i % 10 / 10.0 : 1;
            await verifier.OfAsync("x");
        }

        drifts.Should().ContainSingle().Which.Signal.Should().Be("votes/small");
    }

    private static IVerifier Fixed(Verdict verdict) => Verifiers.FromDelegate((_, _) => new(verdict), "fixed");
}
