using AutoMix.Policies;
using AutoMix.Statistics;
using AutoMix.Tests.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests;

public sealed class VerifierOutcomesTests
{
    /// <summary>Outcomes of a verifier that says .9 or .6 whatever the answer is, or more of right ones.</summary>
    private static void Report(VerifierOutcomes outcomes, int count, double able, string verifier = "self-verification", int seed = 1)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            bool right = random.Next(2) == 0;
            bool says = random.NextDouble() < able ? right : random.Next(2) == 0;
            outcomes.Report(verifier, "small", says ? 0.9 : 0.6, right ? 1 : 0);
        }
    }

    [Fact]
    public void TrustIn_AbleVerifier_IsInformativeWithAnIntervalAboveChance()
    {
        var outcomes = new VerifierOutcomes();
        Report(outcomes, 300, able: 0.8);

        SignalTrust trust = outcomes.TrustIn("self-verification", "small");
        trust.Worth.Should().Be(SignalWorth.Informative);
        trust.Low.Should().BeGreaterThan(0.5).And.BeLessThan(trust.Auroc);
        trust.Count.Should().Be(300);
        outcomes.TrustIn("self-verification", "large").Worth.Should().Be(SignalWorth.Undetermined, "nothing is known of another model's answers");
    }

    [Fact]
    public void Report_VerifierThatSaysNothing_IsReportedOnceWithItsFigures()
    {
        var logs = new FakeLogCollector();
        using var factory = LoggerFactory.Create(b => b.AddProvider(new FakeLoggerProvider(logs)));
        var found = new List<UninformativeVerifier>();
        var outcomes = new VerifierOutcomes(found.Add, factory);
        Report(outcomes, 150, able: 0);

        UninformativeVerifier one = found.Should().ContainSingle().Which;
        (one.Verifier, one.Model).Should().Be(("self-verification", "small"));
        one.Trust.Low.Should().BeLessThanOrEqualTo(0.5);
        logs.GetSnapshot().Should().ContainSingle(l => l.Level == LogLevel.Warning && l.Message.Contains("does not tell right answers"));
    }

    [Fact]
    public void Report_TooFewOutcomesOrAlwaysTheSame_IsNotJudged()
    {
        var outcomes = new VerifierOutcomes(_ => throw new InvalidOperationException("too early"));
        Report(outcomes, 60, able: 0);
        for (int i = 0; i < 200; i++)
        {
            // Only what it liked was returned, and only what was returned was graded.
            outcomes.Report("judge", "small", 1.0, i % 2);
        }

        outcomes.TrustIn("judge", "small").Worth.Should().Be(SignalWorth.Undetermined);
    }

    [Fact]
    public void Report_VerifierThatLearnsToTell_IsTrustedAgainOnceTheOldOutcomesAreForgotten()
    {
        var outcomes = new VerifierOutcomes();
        Report(outcomes, 300, able: 0);
        Report(outcomes, VerifierOutcomes.Window, able: 0.9, seed: 2);

        SignalTrust trust = outcomes.TrustIn("self-verification", "small");
        trust.Worth.Should().Be(SignalWorth.Informative);
        trust.Count.Should().Be(VerifierOutcomes.Window);
    }

    [Theory, InlineData(double.NaN, 1), InlineData(2.0, 1), InlineData(0.5, -0.1)]
    public void Report_NoNumberInTheUnitInterval_IsAnArgumentError(double confidence, double quality)
    {
        Action report = () => new VerifierOutcomes().Report("v", "m", confidence, quality);
        report.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(true, true, 1)]
    [InlineData(false, true, 20)]
    [InlineData(true, false, 20)]
    public async Task SkipUninformative_VerifierThatOutcomesShowToSayNothing_IsNoLongerPaidForButOnceInTwenty(bool skip, bool uninformative, int asked)
    {
        var outcomes = new VerifierOutcomes();
        Report(outcomes, 300, able: uninformative ? 0 : 0.8, verifier: "paid");
        int calls = 0;
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix
            .VerifyWith((_, _) => new(++calls % 2 == 0 ? 0.9 : 0.8), "paid", isFree: false)
            .LearnTrustFrom(outcomes).Configure(o => o.SkipUninformative = skip));

        for (int i = 0; i < 20; i++)
        {
            ChatResponse response = await client.GetResponseAsync("?");
            response.Record().Attempts[0].Verdicts.Should().ContainSingle();
        }

        calls.Should().Be(asked);
    }

    [Theory, InlineData(null, 1), InlineData("small", 1), InlineData("large", 0)]
    public async Task ReportOutcome_ToTheClient_CountsForTheVerifiersOfTheAnswerThatWasReturned(string? model, int counted)
    {
        var outcomes = new VerifierOutcomes();
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix.VerifyWith((_, _) => new(0.9), "paid", isFree: false).LearnTrustFrom(outcomes));
        ChatResponse response = await client.GetResponseAsync("?");

        client.ReportOutcome(response, OutcomeReport.Good with { Model = model }).Should().BeFalse("the policy does not learn");

        outcomes.TrustIn("paid", "small").Count.Should().Be(counted);
    }

    [Fact]
    public async Task SkipUninformative_CalibratedPolicyAndOutcomesFromTheServices_SkipToo()
    {
        var outcomes = new VerifierOutcomes();
        Report(outcomes, 300, able: 0, verifier: "paid");
        var services = new ServiceCollection();
        services.AddSingleton(outcomes);
        int calls = 0;
        services.AddChatClient(Answering("small")).UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Answering("large"))
            .VerifyWith((_, _) => new(++calls * 0.01), "paid", isFree: false)
            .RouteWith(new ThresholdPolicy(["small", "large"], [0.5, 0])));
        await services.BuildServiceProvider().GetRequiredService<IChatClient>().GetResponseAsync("?");

        calls.Should().Be(0);
    }

    [Fact]
    public async Task SkipUninformative_OtherPaidVerifierThatTellsSomething_IsAskedInstead()
    {
        var outcomes = new VerifierOutcomes();
        Report(outcomes, 300, able: 0, verifier: "first");
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), mix => mix.LearnTrustFrom(outcomes)
            .VerifyWith((_, _) => new(0.1), "first", isFree: false)
            .VerifyWith((_, _) => new(0.9), "second", isFree: false));

        ChatResponse response = await client.GetResponseAsync("?");

        response.Text.Should().Be("small");
        response.Record().Attempts[0].Verdicts.Select(v => (v.Verifier, v.Kind)).Should().Equal(("first", VerdictKind.Unknown), ("second", VerdictKind.Confidence));
    }

    [Fact]
    public async Task Report_Record_GradesTheAnswerAndThoseThatAgreeWithIt()
    {
        IChatClient Client(string small, string large) => Mix.Of(Answering(small), Answering(large), mix => mix.VerifyWith((answer, _) => new(answer.Model == "small" ? 0.2 : 0.9), "trust"));
        var outcomes = new VerifierOutcomes();
        outcomes.Report((await Client("eight", "Eight.").GetResponseAsync("?")).Record(), 1);
        outcomes.Report((await Client("six", "eight").GetResponseAsync("?")).Record(), 1);

        outcomes.TrustIn("trust", "large").Count.Should().Be(2);
        outcomes.TrustIn("trust", "small").Count.Should().Be(1, "nobody graded the answer that was not returned and differed");
    }

    [Fact]
    public void Report_Listened_MeasuresTheAuroc()
    {
        using var measurements = new Measurements();
        var outcomes = new VerifierOutcomes();
        Report(outcomes, 300, able: 0.8, verifier: "measured");

        measurements.Of("automix.verifier.auroc", "automix.verifier", "measured")[^1].Value.Should().Be(outcomes.TrustIn("measured", "small").Auroc);
    }
}
