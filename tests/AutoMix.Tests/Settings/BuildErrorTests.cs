using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Settings;

/// <summary>What cannot work is said when the client is built, with the setting and the remedy.</summary>
public class BuildErrorTests
{
    private static AutoMixBuilder Two() => new AutoMixBuilder().AddModel("small", Answering("a"), Mix.SmallPrice).AddModel("large", Answering("b"), Mix.LargePrice);

    private static AutoMixConfigurationException Failure(Action<AutoMixBuilder> configure) => new Action(() =>
    {
        AutoMixBuilder mix = Two();
        configure(mix);
        mix.Build();
    }).Should().Throw<AutoMixConfigurationException>().Which;

    [Theory, InlineData(1.5), InlineData(double.NaN), InlineData(0.0)]
    public void KeepQuality_OutOfRange_NamesTheSettingAndKeepsTheCause(double share)
    {
        AutoMixConfigurationException e = Failure(m => m.Configure(o => o.KeepQuality = share));

        e.Message.Should().Contain("KeepQuality").And.Contain("(0, 1]");
        e.InnerException.Should().BeOfType<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Plan_Missing_NamesTheSettingAndTheRemedy()
    {
        AutoMixConfigurationException e = Failure(m => m.Configure(o => o.Plan = "no-such-plan.json"));

        e.Message.Should().Contain("Plan").And.Contain("PolicyFile.Save");
        e.InnerException.Should().BeOfType<FileNotFoundException>();
    }

    [Fact]
    public void Profile_Null_NamesTheModel() => Failure(m => m.FirstModel(profile: _ => null!)).Message.Should().Contain("'small'").And.Contain("null");

    public static TheoryData<Action<AutoMixOptions>, string> OutOfRange => new()
    {
        { o => o.AcceptThreshold = double.NaN, "AutoMixOptions.AcceptThreshold is NaN; it must be a number in [0, 1]." },
        { o => o.MaxCostPerRequest = -1, "AutoMixOptions.MaxCostPerRequest is -1; it must be 0 dollars or more, or null for the default." },
        { o => o.MaxAttempts = 0, "AutoMixOptions.MaxAttempts is 0; it must be 1 or more." },
        { o => o.HedgeAfter = TimeSpan.FromDays(50), "AutoMixOptions.HedgeAfter is 50.00:00:00; it must be a time of at least 0 and at most 49 days, or null for no hedging." },
        { o => o.Circuit.BreakDuration = TimeSpan.Zero, "AutoMixOptions.Circuit.BreakDuration is 00:00:00; it must be at least half a second." },
        { o => o.Budgets.Add(new() { Window = TimeSpan.Zero }), "AutoMixOptions.Budgets[0].Window is 00:00:00; it must be a time above 0." },
        { o => o.Learning.Trim = 0.5, "AutoMixOptions.Learning.Trim is 0.5; it must be a number in [0, 0.5)." },
    };

    [Theory, MemberData(nameof(OutOfRange))]
    public void Setting_OutOfRange_NamesItAndTheRange(Action<AutoMixOptions> set, string message) => Failure(m => m.Configure(set)).Message.Should().Be(message);

    [Fact]
    public void Circuit_Null_NamesTheRemedy() => Failure(m => m.Options.Circuit = null!).Message.Should().Contain("Circuit.Enabled");

    [Fact]
    public void Budgets_NullAmongLimits_NamesTheSetting() => Failure(m => m.Options.Budgets.Add(null!)).Message.Should().Contain("Budgets").And.Contain("null");

    [Fact]
    public void MaxCostPerRequest_BesideNoLimit_NamesBothSettings() =>
        Failure(m => m.Configure(o => (o.MaxCostPerRequest, o.LimitCost) = (1, false))).Message.Should().Contain("MaxCostPerRequest").And.Contain("LimitCost");

    [Fact]
    public void UseBudget_BesideLimits_NamesTheRemedy() =>
        Failure(m => m.UseBudget(new InMemoryBudgetLedger([BudgetLimit.PerDay(1)])).Configure(o => o.Budgets.Add(BudgetLimit.PerHour(1)))).Message.Should().Contain("UseBudget").And.Contain("Budgets");

    [Fact]
    public void ShareBudgets_LimitsNamedBeforeAndAfter_AreAllAskedFor()
    {
        IReadOnlyList<BudgetLimit> asked = [];
        using AutoMixChatClient client = Two().Configure(o => o.Budgets.Add(BudgetLimit.PerHour(1)))
            .Share(budgets: limits => new InMemoryBudgetLedger(asked = limits)).Configure(o => o.Budgets.Add(BudgetLimit.PerDay(2))).Build();

        asked.Should().BeEquivalentTo([BudgetLimit.PerHour(1), BudgetLimit.PerDay(2)], o => o.WithStrictOrdering());
    }

    [Fact]
    public void ShareBudgets_ReturningNull_NamesTheRemedy() =>
        Failure(m => m.Share(budgets: _ => null!).Configure(o => o.Budgets.Add(BudgetLimit.PerHour(1)))).Message.Should().Contain("Share(budgets").And.Contain("null");

    [Fact]
    public void VerifierMadeHere_ThatOnlyDisposesAsynchronously_IsRefused() =>
        Failure(m => m.VerifyWith<AsynchronouslyDisposed>()).Message.Should().Contain(nameof(AsynchronouslyDisposed)).And.Contain("Register it as a service");

    [Theory, InlineData(0.0), InlineData(1.0), InlineData(double.NaN)]
    public void Watched_SignificanceOutOfRange_IsRefusedWhenItIsMade(double significance) =>
        new Action(() => Verifiers.Watched(Verifiers.Length(), significance: significance)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName(nameof(significance));

    [Fact]
    public void Factory_ReturningNull_NamesTheModel() => Failure(m => m.AddModel("largest", _ => null!, Mix.LargePrice)).Message.Should().Contain("'largest'").And.Contain("null");

    [Theory, InlineData(50.0), InlineData(0.0), InlineData(-5.0)]
    public void AttemptTimeout_BeyondWhatATimerCanTake_IsRefused(double days)
    {
        Failure(m => m.Options.AttemptTimeout = TimeSpan.FromDays(days)).Message.Should().Contain("AttemptTimeout").And.Contain("49 days");
        Failure(m => m.Options.Deadline = TimeSpan.FromDays(days)).Message.Should().Contain("Deadline");
        Failure(m => m.FirstModel(profile: p => p with { AttemptTimeout = TimeSpan.FromDays(days) })).Message.Should().Contain("AttemptTimeout of 'small'");
    }

    [Theory, InlineData(-1.0), InlineData(49.0 * 86_400_000)]
    public async Task AttemptTimeout_InfiniteOrTheLongest_LetsASlowCallAnswer(double milliseconds)
    {
        TimeSpan limit = TimeSpan.FromMilliseconds(milliseconds);
        static async Task<Reply> Slow(Call call, CancellationToken token)
        {
            await Task.Yield();
            return Reply.Of("slow");
        }

        foreach (TimeSpan? own in (TimeSpan?[])[null, limit])
        {
            using AutoMixChatClient client = new AutoMixBuilder().AddModel("small", new ScriptedClient(Slow), profile: p => p with { AttemptTimeout = own })
                .Configure(o => (o.AttemptTimeout, o.Deadline) = (limit, limit)).WithoutVerification().Build();

            ChatResponse response = await client.GetResponseAsync("?");
            response.Text.Should().Be("slow");
            response.Record().Limit.Should().BeNull();
        }
    }

    public static TheoryData<IVerifier> Mistyped =>
    [
        Verifiers.Judge("lagre"),
        Verifiers.Judge("large", o => o.CompareWith = "lagre"),
        Verifiers.AgreementWith("lagre"),
        Verifiers.SelfVerification(configure: o => o.Model = "lagre"),
        Verifiers.All(Verifiers.Length(), Verifiers.Watched(Verifiers.Calibrated(Verifiers.Judge("lagre"), _ => null))),
    ];

    [Theory, MemberData(nameof(Mistyped))]
    public void VerifierThatAsksAModelThatIsNotThere_NamesVerifierAndModels(IVerifier verifier) =>
        Failure(m => m.VerifyWith(verifier)).Message.Should().Contain("'lagre'").And.Contain(verifier.Name).And.Contain("small, large");

    [Fact]
    public async Task DefaultDecision_IsAFailureOfThePolicyAndNotACall()
    {
        ScriptedClient small = Answering("small");
        ChatResponse response = await Mix.Of(small, Answering("large"), m => m.RouteWith((state, _) => new(state.Attempts.Count == 0 ? RoutingDecision.Call(1) : default))).GetResponseAsync("?");

        response.Text.Should().Be("large");
        response.Record().Outcome.Should().Be(RoutingOutcome.PolicyFailed);
        response.Record().Reason.Should().Contain("default");
        small.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task CustomPolicyThatVerifiesWithoutAPaidVerifier_IsToldTheRemedy()
    {
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith((s, _) => new(s.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Verify(s.Attempts[0]))));

        (await client.GetResponseAsync("?")).Record().Reason.Should().Contain("VerifyWith(Verifiers.SelfVerification())");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task VerifierThatThrows_PutsItsMessageInTheRecordOnlyWithSensitiveData(bool sensitive)
    {
        ChatResponse response = await Mix.Of(Answering("small"), Answering("large"), m => m.Configure(o => o.EnableSensitiveData = sensitive).VerifyWith((_, _) => throw new FormatException("secret"))).GetResponseAsync("?");
        string reason = response.Record().Attempts[0].Verdicts[0].Reason!;

        reason.Should().Contain("FormatException");
        reason.Contains("secret").Should().Be(sensitive);
    }

    [Theory, InlineData(double.NaN, "NaN"), InlineData(1.7, "1.7")]
    public async Task ConfidenceOutOfRange_IsUnknownAndTheReasonNamesIt(double confidence, string named)
    {
        ChatResponse response = await Mix.Of(Answering("small"), Answering("large"), m => m.VerifyWith((_, _) => new(confidence))).GetResponseAsync("?");

        VerdictRecord verdict = response.Record().Attempts[0].Verdicts[0];
        verdict.Kind.Should().Be(VerdictKind.Unknown);
        verdict.Reason.Should().Contain(named).And.Contain("[0, 1]");
    }

    private sealed class AsynchronouslyDisposed : IVerifier, IAsyncDisposable
    {
        public string Name => "asynchronous";

        public bool IsFree => true;

        public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken) => new(Verdict.Pass());

        public ValueTask DisposeAsync() => default;
    }
}
