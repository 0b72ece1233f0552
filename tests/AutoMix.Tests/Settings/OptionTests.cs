using System.Diagnostics;
using System.Reflection;
using AutoMix.Policies;
using AutoMix.Stores;
using AutoMix.Tests.Learning;
using AutoMix.Tests.Stores;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Settings;

/// <summary>For each setting a test of its visible effect. The first test fails for a setting that has none.</summary>
public class OptionTests
{
    [Theory]
    [InlineData(typeof(AutoMixOptions))]
    [InlineData(typeof(CircuitOptions))]
    [InlineData(typeof(BudgetLimit))]
    [InlineData(typeof(RolloutOptions))]
    [InlineData(typeof(LearningOptions))]
    [InlineData(typeof(ModelProfile))]
    [InlineData(typeof(ModelOptions))]
    [InlineData(typeof(SelfVerificationOptions))]
    public void EverySetting_HasATestOfItsEffect(Type settings)
    {
        string[] tests = [.. typeof(OptionTests).GetMethods().Select(m => m.Name)];
        IEnumerable<string> untested = settings.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(p => p.Name)
            .Where(name => !tests.Any(t => t.StartsWith($"{settings.Name}_{name}_", StringComparison.Ordinal)));

        untested.Should().BeEmpty();
    }

    private static IChatClient With(ScriptedClient small, ScriptedClient large, Action<AutoMixOptions> set, Action<AutoMixBuilder>? more = null) =>
        Mix.Of(small, large, mix =>
        {
            mix.Configure(set);
            more?.Invoke(mix);
        });

    private static ScriptedClient Stalling(FakeTimeProvider time, TimeSpan step) => new(async (_, token) =>
    {
        Task never = Task.Delay(Timeout.Infinite, token);
        time.Advance(step);
        await never;
        return Reply.Of("never");
    });

    private static ValueTask<RoutingDecision> CallTheFirstAgainAndAgain(RoutingView state, CancellationToken ct) =>
        new(state.CanCall(0) ? RoutingDecision.Call(0) : RoutingDecision.Abstain("closed"));

    private static ValueTask<RoutingDecision> CallFirst(RoutingView state, CancellationToken ct) =>
        new(state.Attempts.Count > 0 ? RoutingDecision.Accept(state.Attempts[0]) : RoutingDecision.Call(0));

    // ---- AutoMixOptions

    [Theory, InlineData(0.5, "small"), InlineData(0.7, "large")]
    public async Task AutoMixOptions_AcceptThreshold_DecidesWhatIsAccepted(double threshold, string expected) =>
        (await With(Answering("small"), Answering("large"), o => o.AcceptThreshold = threshold, m => m.VerifyWith((_, _) => new(0.6))).GetResponseAsync("?")).Text.Should().Be(expected);

    [Theory, InlineData(UnknownVerdictAction.Accept, "small"), InlineData(UnknownVerdictAction.Escalate, "large")]
    public async Task AutoMixOptions_UnknownVerdict_DecidesWhatUnknownMeans(UnknownVerdictAction action, string expected) =>
        (await With(Answering("small"), Answering("large"), o => o.UnknownVerdict = action, m => m.VerifyWith((_, _) => new(Verdict.Unknown("?")))).GetResponseAsync("?")).Text.Should().Be(expected);

    [Fact]
    public async Task AutoMixOptions_OnAbstain_Throws()
    {
        IChatClient client = With(Answering("small"), Answering("large"), o => o.OnAbstain = AbstainAction.Throw, m => m.RouteWith((s, _) => new(s.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Abstain())));
        await client.Invoking(c => c.GetResponseAsync("?")).Should().ThrowAsync<NoUsableAnswerException>();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task AutoMixOptions_AttemptTimeout_EndsOneCall(Mode mode)
    {
        var time = new FakeTimeProvider();
        IChatClient client = With(Stalling(time, TimeSpan.FromSeconds(3)), Answering("large"), o => o.AttemptTimeout = TimeSpan.FromSeconds(2), m => m.UseTimeProvider(time));
        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("large");
        response.Record().Attempts[0].Failure.Should().Be(FailureKind.Timeout);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task AutoMixOptions_Deadline_ReturnsTheBestSoFarMarked(Mode mode)
    {
        var time = new FakeTimeProvider();
        IChatClient client = With(Answering("small"), Stalling(time, TimeSpan.FromSeconds(11)), o => o.Deadline = TimeSpan.FromSeconds(10), m => m.UseTimeProvider(time).Distrust("small"));
        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Outcome.Should().Be(RoutingOutcome.LimitReached);
        response.Record().Limit.Should().Be(LimitKind.Deadline);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task AutoMixOptions_Deadline_WithoutAnyAnswerIsAnExceptionAndNotACancellation(Mode mode)
    {
        var time = new FakeTimeProvider();
        IChatClient client = With(Stalling(time, TimeSpan.FromSeconds(11)), Answering("large"), o => o.Deadline = TimeSpan.FromSeconds(10), m => m.UseTimeProvider(time));
        Func<Task> ask = () => client.AskAsync(mode, "?");

        (await ask.Should().ThrowAsync<NoUsableAnswerException>()).Which.Record.Limit.Should().Be(LimitKind.Deadline);
    }

    [Fact]
    public async Task AutoMixOptions_Deadline_EndsASlowPolicyAndAVerifierThatHangs()
    {
        var time = new FakeTimeProvider();
        async ValueTask<Verdict> Hang(VerificationContext context, CancellationToken ct)
        {
            time.Advance(TimeSpan.FromSeconds(11));
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return 1;
        }

        ChatResponse response = await With(Answering("small"), Answering("large"), o => o.Deadline = TimeSpan.FromSeconds(10), m => m.UseTimeProvider(time).VerifyWith(Hang, "hanging", isFree: false)).GetResponseAsync("?");
        response.Text.Should().Be("small");
        response.Record().Limit.Should().Be(LimitKind.Deadline);

        async ValueTask<RoutingDecision> Slow(RoutingView state, CancellationToken ct)
        {
            if (state.Attempts.Count == 0)
            {
                return RoutingDecision.Call(0);
            }

            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return RoutingDecision.Abstain();
        }

        Task<ChatResponse> asking = With(Answering("small"), Answering("large"), o => o.Deadline = TimeSpan.FromSeconds(10), m => m.UseTimeProvider(time).RouteWith(Slow)).GetResponseAsync("?");
        while (!asking.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await asking).Record().Outcome.Should().Be(RoutingOutcome.PolicyFailed);
    }

    [Fact]
    public async Task AutoMixOptions_MaxCostPerRequest_StopsEscalation() =>
        (await With(Answering("small"), Answering("large"), o => o.MaxCostPerRequest = 0.01m, m => m.Distrust("small")).GetResponseAsync("?")).Record().Limit.Should().Be(LimitKind.Cost);

    [Theory, InlineData(true, LimitKind.Cost, false), InlineData(false, null, true)]
    public async Task AutoMixOptions_LimitCost_IsWhetherThereIsACap(bool limit, LimitKind? reached, bool last)
    {
        ModelPrice twoDollars = ModelPrice.PerMillionTokens(1, 2_000_000);
        ChatResponse response = await With(Answering("small"), Answering("second"), o => o.LimitCost = limit, m => m.Distrust("small", "large").AddModel("last", Answering("last"), twoDollars)).GetResponseAsync("?");

        response.Record().Limit.Should().Be(reached);
        (response.Text == "last").Should().Be(last);
    }

    [Theory, InlineData(true, 1), InlineData(false, 0)]
    public async Task AutoMixOptions_PaidVerification_IsWhetherVerifiersThatCallAreAsked(bool paid, int verdicts) =>
        (await With(Answering("small"), Answering("large"), o => o.PaidVerification = paid, m => m.VerifyWith((_, _) => new(0.9), "paid", isFree: false)).GetResponseAsync("?"))
            .Record().Attempts[0].Verdicts.Should().HaveCount(verdicts);

    [Fact]
    public async Task AutoMixOptions_MaxAttempts_BoundsTheCalls()
    {
        ScriptedClient small = Answering("small");
        ChatResponse response = await With(small, Answering("large"), o => o.MaxAttempts = 3, m => m.RouteWith(CallTheFirstAgainAndAgain)).GetResponseAsync("?");

        small.Calls.Should().HaveCount(3);
        response.Record().Limit.Should().Be(LimitKind.Attempts);
        response.Record().Outcome.Should().Be(RoutingOutcome.LimitReached);
    }

    [Fact]
    public async Task AutoMixOptions_MaxVerifications_BoundsTheVerifications()
    {
        int verified = 0;
        ValueTask<Verdict> Count(VerificationContext context, CancellationToken ct)
        {
            verified++;
            return new(0.1);
        }

        IChatClient client = With(Answering("a"), Answering("b"), o => o.MaxVerifications = 1, m => m.AddModel("c", Answering("c"), Mix.LargePrice).VerifyWith(Count, "paid", isFree: false));
        ChatResponse response = await client.GetResponseAsync("?");

        verified.Should().Be(1);
        response.Record().Limit.Should().Be(LimitKind.Verifications);
        response.Text.Should().Be("c", "what can no longer be verified is unknown, and unknown is not a pass");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task AutoMixOptions_HedgeAfter_TakesTheFirstUsableAnswerAndStopsTheOther(Mode mode)
    {
        var time = new FakeTimeProvider();
        ScriptedClient small = Stalling(time, TimeSpan.FromSeconds(0));
        ScriptedClient large = Answering("large");
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)], time);
        IChatClient client = With(small, large, o => o.HedgeAfter = TimeSpan.Zero, m => m.UseTimeProvider(time).UseBudget(ledger).WithoutVerification());

        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("large");
        response.Record().Attempts.Select(a => a.Status).Should().Equal(AttemptStatus.Cancelled, AttemptStatus.Answered);
        response.Record().Attempts[0].Spend.IsEstimated.Should().BeTrue();
        ledger.OpenReservations.Should().Be(0);
        ledger.Committed("").Should().Be(response.Record().Cost);
    }

    [Theory, InlineData(true, 1), InlineData(false, 2)]
    public async Task AutoMixOptions_StickyToolLoop_StaysWithTheModel(bool sticky, int callsOfSmall)
    {
        bool HasResult(Call call) => call.Messages.Any(m => m.Contents.Any(c => c is FunctionResultContent));
        var small = new ScriptedClient(call => Reply.Of(HasResult(call) ? "small" : " "));
        var large = new ScriptedClient(call => HasResult(call) ? Reply.Of("large") : Reply.Of(new FunctionCallContent("c", "tool", new Dictionary<string, object?>())));
        IChatClient client = Mix.Of(small, large, m => m.WithoutVerification().Configure(o => o.StickyToolLoop = sticky), chain => chain.UseFunctionInvocation());
        await client.GetResponseAsync("?", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "tool")] });

        small.Calls.Should().HaveCount(callsOfSmall);
    }

    [Theory, InlineData(true, 0), InlineData(false, 1)]
    public async Task AutoMixOptions_SkipUninformative_StopsPayingForWhatOutcomesShowToSayNothing(bool skip, int calls)
    {
        var outcomes = new VerifierOutcomes();
        for (int i = 0; i < 200; i++)
        {
            outcomes.Report("paid", "small", i % 2 == 0 ? 0.9 : 0.6, i / 2 % 2);
        }

        int asked = 0;
        await With(Answering("small"), Answering("large"), o => o.SkipUninformative = skip, m => m.LearnTrustFrom(outcomes).VerifyWith((_, _) => new(0.01 * ++asked), "paid", isFree: false)).GetResponseAsync("?");

        asked.Should().Be(calls);
    }

    [Fact]
    public async Task AutoMixOptions_StreamDrafts_ShowsWhatIsNotYetAccepted() =>
        (await With(Mix.Model("draft", false), Mix.Model("large"), o => o.StreamDrafts = true).GetStreamingResponseAsync("?").ToListAsync()).OfType<SupersededUpdate>().Should().ContainSingle();

    [Theory, InlineData(true), InlineData(false)]
    public async Task AutoMixOptions_EnableSensitiveData_PutsTextIntoTelemetry(bool enabled)
    {
        Activity? span = null;
        using var parent = new Activity("sensitive").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "AutoMix",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => span = a.TraceId == parent.TraceId ? a : span,
        };
        ActivitySource.AddActivityListener(listener);
        await With(Mix.Model("secret answer"), Mix.Model("large"), o => o.EnableSensitiveData = enabled).GetResponseAsync("secret question");

        string all = string.Join('|', span!.TagObjects.Select(t => t.Value).Concat(span.Events.SelectMany(e => e.Tags).Select(t => t.Value)));
        all.Contains("secret question").Should().Be(enabled);
        all.Contains("secret answer").Should().Be(enabled);
    }

    [Fact]
    public void AutoMixOptions_Circuit_IsValidated() =>
        new Action(() => With(Answering("a"), Answering("b"), o => o.Circuit.FailureRatio = 2)).Should().Throw<AutoMixConfigurationException>().WithMessage("*Circuit.FailureRatio*");

    [Fact]
    public void AutoMixOptions_Rollout_IsValidated() =>
        new Action(() => With(Answering("a"), Answering("b"), o => o.Rollout.Share = 2)).Should().Throw<AutoMixConfigurationException>().WithMessage("*Rollout*[0, 1]*");

    [Theory, InlineData(RolloutMode.Serve, "small"), InlineData(RolloutMode.Shadow, "large"), InlineData(RolloutMode.Off, "large")]
    public async Task RolloutOptions_Mode_DecidesWhoAnswers(RolloutMode mode, string expected) =>
        (await With(Answering("small"), Answering("large"), o => o.Rollout.Mode = mode, m => m.VerifyWith((_, _) => new(1.0))).GetResponseAsync("?")).Text.Should().Be(expected);

    [Theory, InlineData(0, "large"), InlineData(1, "small")]
    public async Task RolloutOptions_Share_IsWhatThePolicyAnswers(double share, string expected) =>
        (await With(Answering("small"), Answering("large"), o => o.Rollout.Share = share, m => m.VerifyWith((_, _) => new(1.0))).GetResponseAsync("?")).Text.Should().Be(expected);

    [Fact]
    public async Task AutoMixOptions_Failures_ChangeTheReaction()
    {
        ScriptedClient large = Answering("large");
        IChatClient client = With(Failing(() => new HttpRequestException("x", null, System.Net.HttpStatusCode.BadRequest)), large, o => o.Failures[FailureKind.BadRequest] = FailureReaction.Stop);
        await client.Invoking(c => c.GetResponseAsync("?")).Should().ThrowAsync<NoUsableAnswerException>();
        large.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task AutoMixOptions_ToolMinimumModels_RejectCallsOfWeakerModels()
    {
        var caller = new ScriptedClient(_ => Reply.Of(new FunctionCallContent("c", "tool", new Dictionary<string, object?>())));
        ChatResponse response = await With(caller, caller, o => o.ToolMinimumModels["tool"] = "large").GetResponseAsync("?", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "tool")] });
        response.Record().Model.Should().Be("large");
    }

    [Fact]
    public async Task AutoMixOptions_Budgets_BoundSpendingOverTime()
    {
        IChatClient client = With(Answering("small", 0, 500_000), Answering("large"), o => o.Budgets.Add(new() { Dollars = 1 }), m => m.WithoutVerification());
        await client.GetResponseAsync("?");
        (await client.Invoking(c => c.GetResponseAsync("?")).Should().ThrowAsync<NoUsableAnswerException>()).Which.Record.Limit.Should().Be(LimitKind.Budget);
    }

    [Theory, InlineData(0, 30), InlineData(5, 6)]
    public async Task AutoMixOptions_UninformativeAfter_StopsPaying(int after, int paid)
    {
        int verified = 0;
        IChatClient client = With(Answering("a"), Answering("b"), o => o.UninformativeAfter = after, m => m.VerifyWith((_, _) =>
        {
            verified++;
            return new(1.0);
        }, "paid", isFree: false));
        for (int i = 0; i < 30; i++)
        {
            await client.GetResponseAsync("?");
        }

        verified.Should().Be(paid);
    }

    [Fact]
    public async Task AutoMixOptions_Models_OverrideWhatTheCodeDeclares() =>
        (await With(Answering("small"), Answering("large"), o => o.Models["small"] = new() { InputPrice = 7, OutputPrice = 9 }, m => m.WithoutVerification()).GetResponseAsync("?")).Record().Cost.Should().Be((10 * 7 + 5 * 9m) / 1_000_000);

    [Fact]
    public void AutoMixOptions_Plan_ThatIsMissingIsNamed() =>
        new Action(() => With(Answering("a"), Answering("b"), o => o.Plan = "/no/such/plan.json")).Should().Throw<Exception>().WithMessage("*/no/such/plan.json*");

    [Theory, InlineData(0.5)]
    public void AutoMixOptions_KeepQuality_NeedsAPlan(double share) =>
        new Action(() => With(Answering("a"), Answering("b"), o => o.KeepQuality = share)).Should().Throw<AutoMixConfigurationException>().WithMessage("*plan*");

    [Fact]
    public void AutoMixOptions_SpendAtMost_NeedsAPlan() =>
        new Action(() => With(Answering("a"), Answering("b"), o => o.SpendAtMost = 1)).Should().Throw<AutoMixConfigurationException>().WithMessage("*plan*");

    [Fact]
    public void AutoMixOptions_ErrorCosts_ExcludesOtherGoals() =>
        new Action(() => With(Answering("a"), Answering("b"), o => (o.ErrorCosts, o.KeepQuality) = (1, 0.9))).Should().Throw<AutoMixConfigurationException>().WithMessage("*at most one*");

    [Theory, InlineData("sure", "small"), InlineData("unsure", "large")]
    public async Task AutoMixOptions_ConfidenceFrom_NamesTheVerifierThatThePolicyListensTo(string from, string expected) =>
        (await With(Answering("small"), Answering("large"), o => o.ConfidenceFrom = from, m => m.RouteWith(new ThresholdPolicy(["small", "large"], [0.5, 0]))
            .VerifyWith((_, _) => new(0.9), "sure").VerifyWith((_, _) => new(0.1), "unsure", isFree: false)).GetResponseAsync("?")).Text.Should().Be(expected);

    // ---- CircuitOptions and BudgetLimit

    private static async Task<int> CallsOfAFailingModelAsync(Action<CircuitOptions> set, int requests = 6, TimeSpan between = default)
    {
        var time = new FakeTimeProvider();
        ScriptedClient small = Failing(() => new HttpRequestException("down", null, System.Net.HttpStatusCode.ServiceUnavailable));
        IChatClient client = With(small, Answering("large"), o => set(o.Circuit), m => m.UseTimeProvider(time));
        for (int i = 0; i < requests; i++)
        {
            await client.GetResponseAsync("?");
            time.Advance(between);
        }

        return small.Calls.Count;
    }

    [Theory, InlineData(true, 2), InlineData(false, 6)]
    public async Task CircuitOptions_Enabled_LeavesTheModelAlone(bool enabled, int calls) => (await CallsOfAFailingModelAsync(c => c.Enabled = enabled)).Should().Be(calls);

    [Theory, InlineData(2, 2), InlineData(5, 5)]
    public async Task CircuitOptions_MinimumThroughput_IsTheLeastNumberOfCalls(int least, int calls) => (await CallsOfAFailingModelAsync(c => c.MinimumThroughput = least)).Should().Be(calls);

    [Theory, InlineData(60, 2), InlineData(1, 6)]
    public async Task CircuitOptions_BreakDuration_IsHowLongItIsLeftAlone(int seconds, int calls) =>
        (await CallsOfAFailingModelAsync(c => c.BreakDuration = TimeSpan.FromSeconds(seconds), between: TimeSpan.FromSeconds(2))).Should().Be(calls);

    [Theory, InlineData(600, 2), InlineData(1, 6)]
    public async Task CircuitOptions_SamplingDuration_IsHowLongFailuresCount(int seconds, int calls) =>
        (await CallsOfAFailingModelAsync(c => (c.SamplingDuration, c.BreakDuration) = (TimeSpan.FromSeconds(seconds), TimeSpan.FromHours(1)), between: TimeSpan.FromSeconds(10))).Should().Be(calls);

    [Theory, InlineData(0.2, 5), InlineData(1.0, 12)]
    public async Task CircuitOptions_FailureRatio_IsTheShareThatOpens(double ratio, int calls)
    {
        // One failure in three: after the second failure there are five calls in the window, two of them failed.
        var small = new ScriptedClient(call => call.Index % 3 == 1 ? throw new HttpRequestException("down", null, System.Net.HttpStatusCode.ServiceUnavailable) : Reply.Of("small"));
        IChatClient client = With(small, Answering("large"), o => (o.Circuit.FailureRatio, o.Circuit.MinimumThroughput) = (ratio, 4), m => m.UseTimeProvider(new FakeTimeProvider()).WithoutVerification());
        for (int i = 0; i < 12; i++)
        {
            await client.GetResponseAsync("?");
        }

        small.Calls.Should().HaveCount(calls);
    }

    [Theory, InlineData(0.0001, false), InlineData(10, true)]
    public async Task BudgetLimit_Dollars_IsTheMost(double dollars, bool allowed) =>
        (await Record.ExceptionAsync(() => With(Answering("a"), Answering("b"), o => o.Budgets.Add(new() { Dollars = (decimal)dollars })).GetResponseAsync("?")) is null).Should().Be(allowed);

    [Fact]
    public async Task BudgetLimit_Window_IsHowLongSpendingCounts()
    {
        var time = new FakeTimeProvider();
        IChatClient client = With(Answering("small", 0, 500_000), Answering("large"), o => o.Budgets.Add(new() { Dollars = 1, Window = TimeSpan.FromMinutes(10) }), m => m.WithoutVerification().UseTimeProvider(time));
        await client.GetResponseAsync("?");
        time.Advance(TimeSpan.FromMinutes(9));
        await client.Invoking(c => c.GetResponseAsync("?")).Should().ThrowAsync<NoUsableAnswerException>();
        time.Advance(TimeSpan.FromMinutes(2));
        (await client.GetResponseAsync("?")).Text.Should().Be("small");
    }

    // ---- ModelProfile and ModelOptions

    private static Task<ChatResponse> AskProfiled(Func<ModelProfile, ModelProfile> profile, ChatOptions? options = null, ScriptedClient? small = null, Mode mode = Mode.Whole, string question = "?") =>
        Mix.Of(small ?? Answering("small"), Answering("large"), m => m.WithoutVerification().FirstModel(profile: profile)).AskAsync(mode, question, options);

    [Fact]
    public async Task ModelProfile_Name_IsItsNameInTheRecord() => (await AskProfiled(p => p with { Name = "tiny" })).Record().Model.Should().Be("tiny");

    [Fact]
    public async Task ModelProfile_ModelId_IsAskedFor()
    {
        ScriptedClient small = Answering("small");
        await AskProfiled(p => p with { ModelId = "id-1" }, small: small);
        small.Calls[0].Options!.ModelId.Should().Be("id-1");
    }

    [Fact]
    public async Task ModelProfile_Price_MakesTheBill() => (await AskProfiled(p => p with { Price = ModelPrice.PerMillionTokens(3, 4) })).Record().Cost.Should().Be(50m / 1_000_000);

    [Fact]
    public async Task ModelProfile_ContextWindow_SkipsIt() => (await AskProfiled(p => p with { ContextWindow = 10 }, question: new string('x', 100))).Text.Should().Be("large");

    [Fact]
    public async Task ModelProfile_DefaultMaxOutputTokens_BoundsTheEstimate() =>
        (await Mix.Of(Answering("small"), Answering("large"), m => m.WithoutVerification().Configure(o => o.MaxCostPerRequest = 0.05m).FirstModel(profile: p => p with { DefaultMaxOutputTokens = 1_000_000 })).GetResponseAsync("?")).Text.Should().Be("large");

    [Fact]
    public async Task ModelProfile_Modalities_SkipIt() =>
        (await Mix.Of(Answering("small"), Answering("large"), m => m.FirstModel(profile: p => p with { Modalities = Modalities.Text })).GetResponseAsync([new(ChatRole.User, [new DataContent(new byte[1], "audio/wav")])])).Text.Should().Be("large");

    [Fact]
    public async Task ModelProfile_SupportsTools_SkipsIt() => (await AskProfiled(p => p with { SupportsTools = false }, new() { Tools = [AIFunctionFactory.Create(() => 1, "t")] })).Text.Should().Be("large");

    [Fact]
    public async Task ModelProfile_SupportsStructuredOutput_SkipsIt() => (await AskProfiled(p => p with { SupportsStructuredOutput = false }, new() { ResponseFormat = ChatResponseFormat.Json })).Text.Should().Be("large");

    [Fact]
    public async Task ModelProfile_DrainStream_AsksForAStream()
    {
        ScriptedClient small = Answering("small");
        await AskProfiled(p => p with { DrainStream = true }, small: small);
        small.Calls.Single().IsStreaming.Should().BeTrue();
    }

    [Theory, InlineData(true, "large"), InlineData(false, "small")]
    public async Task ModelProfile_RequiresFinishReason_DecidesWhatIsCutOff(bool required, string expected) =>
        (await AskProfiled(p => p with { RequiresFinishReason = required }, small: new(_ => Reply.Of("small") with { FinishReason = null }), mode: Mode.Streaming)).Text.Should().Be(expected);

    [Theory, InlineData(UsageChunks.Additive, 20), InlineData(UsageChunks.Cumulative, 10)]
    public async Task ModelProfile_UsageChunks_DecideHowReportsAreRead(UsageChunks chunks, long input)
    {
        ChatResponseUpdate Report(ChatFinishReason? finish) => new(ChatRole.Assistant, [new TextContent("x"), new UsageContent(new() { InputTokenCount = 10 })]) { FinishReason = finish };
        var small = new ScriptedClient(_ => Reply.Of("") with { Updates = [Report(null), Report(ChatFinishReason.Stop)] });
        (await AskProfiled(p => p with { UsageChunks = chunks }, small: small, mode: Mode.Streaming)).Usage!.InputTokenCount.Should().Be(input);
    }

    [Fact]
    public async Task ModelProfile_CountTokens_IsAsked() => (await AskProfiled(p => p with { ContextWindow = 1_000, CountTokens = _ => 5_000 })).Text.Should().Be("large");

    [Fact]
    public async Task ModelProfile_AttemptTimeout_WinsOverThePipelines()
    {
        var time = new FakeTimeProvider();
        IChatClient client = Mix.Of(Stalling(time, TimeSpan.FromSeconds(2)), Answering("large"), m => m.UseTimeProvider(time).FirstModel(profile: p => p with { AttemptTimeout = TimeSpan.FromSeconds(1) }));
        (await client.GetResponseAsync("?")).Text.Should().Be("large");
    }

    private static ModelProfile Applied(Action<ModelOptions> set)
    {
        IChatClient client = With(Answering("a"), Answering("b"), o =>
        {
            var model = new ModelOptions();
            set(model);
            o.Models["small"] = model;
        });
        return client.GetService<ModelProfile>("small")!;
    }

    [Fact]
    public void ModelOptions_InputPrice_NeedsAnOutputPrice() =>
        new Action(() => Applied(m => m.InputPrice = 1)).Should().Throw<AutoMixConfigurationException>().WithMessage("*small*OutputPrice*");

    [Fact]
    public void ModelOptions_OutputPrice_ReplacesThePrice() => Applied(m => (m.InputPrice, m.OutputPrice) = (3, 4)).Price.Should().Be(ModelPrice.PerMillionTokens(3, 4));

    [Fact]
    public void ModelOptions_CachedInputPrice_ReplacesThePrice() => Applied(m => (m.InputPrice, m.OutputPrice, m.CachedInputPrice) = (3, 4, 1)).Price!.CachedInput.Should().Be(1);

    [Fact]
    public void ModelOptions_ModelId_ReplacesIt() => Applied(m => m.ModelId = "x").ModelId.Should().Be("x");

    [Fact]
    public void ModelOptions_ContextWindow_ReplacesIt() => Applied(m => m.ContextWindow = 5).ContextWindow.Should().Be(5);

    [Fact]
    public void ModelOptions_DefaultMaxOutputTokens_ReplacesIt() => Applied(m => m.DefaultMaxOutputTokens = 5).DefaultMaxOutputTokens.Should().Be(5);

    [Fact]
    public void ModelOptions_Modalities_ReplaceThem() => Applied(m => m.Modalities = Modalities.Text).Modalities.Should().Be(Modalities.Text);

    [Fact]
    public void ModelOptions_SupportsTools_ReplacesIt() => Applied(m => m.SupportsTools = false).SupportsTools.Should().BeFalse();

    [Fact]
    public void ModelOptions_SupportsStructuredOutput_ReplacesIt() => Applied(m => m.SupportsStructuredOutput = false).SupportsStructuredOutput.Should().BeFalse();

    [Fact]
    public void ModelOptions_DrainStream_ReplacesIt() => Applied(m => m.DrainStream = true).DrainStream.Should().BeTrue();

    [Fact]
    public void ModelOptions_RequiresFinishReason_ReplacesIt() => Applied(m => m.RequiresFinishReason = false).RequiresFinishReason.Should().BeFalse();

    [Fact]
    public void ModelOptions_UsageChunks_ReplaceThem() => Applied(m => m.UsageChunks = UsageChunks.Additive).UsageChunks.Should().Be(UsageChunks.Additive);

    [Fact]
    public void ModelOptions_AttemptTimeout_ReplacesIt() => Applied(m => m.AttemptTimeout = TimeSpan.FromSeconds(7)).AttemptTimeout.Should().Be(TimeSpan.FromSeconds(7));

    // ---- SelfVerificationOptions

    private static async Task<IReadOnlyList<Call>> VotesAsync(Action<SelfVerificationOptions> set, string question = "?", IEnumerable<ChatMessage>? before = null)
    {
        ScriptedClient small = Mix.Model("small");
        ScriptedClient large = Mix.Model("large");
        IChatClient client = Mix.Of(small, large, m => m.VerifyWith(Verifiers.SelfVerification(configure: set)));
        await client.GetResponseAsync([.. before ?? [], new ChatMessage(ChatRole.User, question)]);
        return [.. small.Verifications, .. large.Verifications];
    }

    [Fact]
    public async Task SelfVerificationOptions_Samples_IsTheNumberOfVotes() => (await VotesAsync(o => o.Samples = 3)).Should().HaveCount(3);

    [Fact]
    public async Task SelfVerificationOptions_BatchSize_IsHowManyAreAskedBeforeTheStopTest() => (await VotesAsync(o => (o.Samples, o.BatchSize) = (4, 3))).Should().HaveCount(3, "three of four votes reach three quarters");

    [Fact]
    public async Task SelfVerificationOptions_StopRisk_SavesVotesThatCouldStillMatter()
    {
        (await VotesAsync(o => (o.Samples, o.StopRisk) = (16, 0))).Should().HaveCount(12, "twelve of sixteen are three quarters");
        (await VotesAsync(o => (o.Samples, o.StopRisk) = (16, 0.05))).Should().HaveCount(8);
    }

    [Fact]
    public async Task SelfVerificationOptions_Template_IsWhatTheModelIsTold() =>
        (await VotesAsync(o => o.Template = VerificationTemplate.For(VerificationTask.Code)))[0].Messages[0].Text.Should().Contain("GROUP BY");

    [Fact]
    public async Task SelfVerificationOptions_TemplateFor_ChoosesPerRequest() =>
        (await VotesAsync(o => o.TemplateFor = context => VerificationTemplate.For(context.Messages.Count > 5 ? VerificationTask.General : VerificationTask.Extraction)))[0].Messages[0].Text.Should().Contain("Invoice 2231");

    [Fact]
    public async Task SelfVerificationOptions_Temperature_IsSent() => (await VotesAsync(o => o.Temperature = 0.3f)).Should().OnlyContain(c => c.Options!.Temperature == 0.3f);

    [Fact]
    public async Task SelfVerificationOptions_Seed_CountsUp() => (await VotesAsync(o => (o.Seed, o.Samples) = (100, 3))).Select(c => c.Options!.Seed).Should().Equal(100, 101, 102);

    [Fact]
    public async Task SelfVerificationOptions_UseStopSequence_SendsIt() => (await VotesAsync(o => o.UseStopSequence = false)).Should().OnlyContain(c => c.Options!.StopSequences == null);

    [Fact]
    public async Task SelfVerificationOptions_MaxOutputTokens_AreSent() => (await VotesAsync(o => o.MaxOutputTokens = 33)).Should().OnlyContain(c => c.Options!.MaxOutputTokens == 33);

    [Fact]
    public async Task SelfVerificationOptions_Model_Votes()
    {
        ScriptedClient large = Mix.Model("large");
        IChatClient client = Mix.Of(Answering("small"), large, m => m.VerifyWith(Verifiers.SelfVerification(configure: o => o.Model = "large")));
        ChatResponse response = await client.GetResponseAsync("?");

        large.Verifications.Should().HaveCount(6);
        response.Record().Attempts[0].Verdicts[0].Cost.Should().Be(Mix.LargePrice.CostOf(600, 18), "the model that votes bills");
    }

    [Fact]
    public async Task SelfVerificationOptions_MaxContextCharacters_BoundTheContext()
    {
        ChatMessage[] before = [new(ChatRole.System, "start-of-context " + new string('x', 500)), new(ChatRole.Assistant, "end-of-context")];
        string prompt = (await VotesAsync(o => o.MaxContextCharacters = 100, before: before))[0].Messages[^1].Text;

        prompt.Should().Contain("end-of-context").And.NotContain("start-of-context");
    }

    // ---- Policies

    public static TheoryData<string> Policies => ["day-one", "threshold", "custom"];

    [Theory, MemberData(nameof(Policies))]
    public async Task EveryPolicy_InBothModes_DecidesAlike(string name)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            async Task<(string, string, decimal, string)> RunAsync(Mode mode)
            {
                var random = new Random(seed);
                double[] confidences = [random.NextDouble(), random.NextDouble(), random.NextDouble()];
                bool[] fails = [random.Next(4) == 0, random.Next(4) == 0, false];
                ScriptedClient Of(int i) => new(_ => fails[i] ? throw new HttpRequestException("x", null, System.Net.HttpStatusCode.BadGateway) : Reply.Of($"answer {random.Next(2)}", 10 + i, 5));
                IChatClient client = Mix.Of(Of(0), Of(1), m =>
                {
                    m.AddModel("largest", Of(2), Mix.LargePrice);
                    m.VerifyWith((a, _) => new(confidences[a.Model == "small" ? 0 : a.Model == "large" ? 1 : 2]), "v", isFree: false);
                    _ = name switch
                    {
                        "threshold" => m.RouteWith(new ThresholdPolicy(["small", "large", "largest"], [0.6, 0.4, 0])),
                        "custom" => m.RouteWith(CallFirst),
                        _ => m,
                    };
                });
                try
                {
                    ChatResponse response = await client.AskAsync(mode, "?");
                    RoutingRecord record = response.Record();
                    return (response.Text, string.Join(' ', record.Decisions.Select(d => $"{d.Kind}:{d.Model}:{d.IsFinal}")), record.Cost, $"{record.Outcome}");
                }
                catch (NoUsableAnswerException e)
                {
                    return ("", string.Join(' ', e.Record.Decisions.Select(d => $"{d.Kind}:{d.Model}:{d.IsFinal}")), e.Record.Cost, $"{e.Record.Outcome}");
                }
            }

            (await RunAsync(Mode.Streaming)).Should().Be(await RunAsync(Mode.Whole), "seed {0}", seed);
        }
    }

    [Fact]
    public void PlanForOtherModels_IsAConfigurationErrorThatNamesBothLists() =>
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.RouteWith(new ThresholdPolicy(["tiny", "huge"], [0.5, 0]))))
            .Should().Throw<AutoMixConfigurationException>().WithMessage("*tiny, huge*small, large*");

    [Fact]
    public void ModelListedTwice_IsAConfigurationError() =>
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.AddModel("large", Answering("c"), Mix.LargePrice))).Should().Throw<AutoMixConfigurationException>().WithMessage("*'large'*");

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task PolicyThatThrows_LosesNothing(Mode mode)
    {
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith((s, _) => s.Attempts.Count == 0 ? new(RoutingDecision.Call(0)) : throw new InvalidOperationException("bug")));
        ChatResponse response = await client.AskAsync(mode, "?");

        response.Text.Should().Be("small");
        response.Record().Outcome.Should().Be(RoutingOutcome.PolicyFailed);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task PolicyThatThrowsAtOnce_StillGetsAnAnswer(Mode mode) =>
        (await Mix.Of(Answering(" "), Answering("large"), m => m.RouteWith((_, _) => throw new InvalidOperationException("bug"))).AskAsync(mode, "?")).Text.Should().Be("large");

    [Theory, InlineData(7), InlineData(-1)]
    public async Task PolicyThatCallsAModelThatDoesNotExist_StillGetsAnAnswer(int model) =>
        (await Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith((_, _) => new(RoutingDecision.Call(model)))).GetResponseAsync("?")).Record().Outcome.Should().Be(RoutingOutcome.PolicyFailed);

    // ---- LearningOptions

    private static LearningMix Learning(Action<LearningOptions> set) => new(mix => mix.Configure(o => set(o.Learning)));

    private static async Task<double> LabelsAsync(LearningMix mix, int questions, Func<int, OutcomeReport, OutcomeReport>? change = null)
    {
        await mix.AskAsync(questions, change: change);
        await mix.Learner.LearnAsync();
        return mix.Learner.Labels;
    }

    [Fact]
    public void AutoMixOptions_Learning_IsValidated() =>
        new Action(() => Learning(l => l.MinimumLabels = 1)).Should().Throw<AutoMixConfigurationException>().WithMessage("*Learning.MinimumLabels*10*");

    [Theory, InlineData(true), InlineData(false)]
    public void LearningOptions_Enabled_DecidesWhetherThereIsALearner(bool enabled) =>
        (Learning(l => l.Enabled = enabled).Client.GetService<OnlineLearner>() is not null).Should().Be(enabled);

    [Theory, InlineData(0, 60), InlineData(1, 120)]
    public async Task LearningOptions_Exploration_IsTheShareOnceThereAreLabels(double share, double labels)
    {
        LearningMix mix = Learning(l => l.Exploration = share);
        await LabelsAsync(mix, 60);

        (await LabelsAsync(mix, 60)).Should().BeApproximately(labels, 1);
    }

    [Theory, InlineData(0, 0), InlineData(1, 40)]
    public async Task LearningOptions_FirstExploration_IsTheShareBefore(double share, double labels) =>
        (await LabelsAsync(Learning(l => (l.FirstExploration, l.Exploration) = (share, 0)), 40)).Should().BeApproximately(labels, 1);

    [Theory, InlineData(0, 0), InlineData(null, 40)]
    public async Task LearningOptions_ExplorationDollarsPerDay_EndIt(int? dollars, double labels) =>
        (await LabelsAsync(Learning(l => l.ExplorationDollarsPerDay = dollars), 40)).Should().BeApproximately(labels, 1);

    [Theory, InlineData(20, true), InlineData(60, false)]
    public async Task LearningOptions_MinimumLabels_IsWhereAPlanIsMade(int minimum, bool made)
    {
        LearningMix mix = Learning(l => l.MinimumLabels = minimum);
        await mix.AskAsync(40);

        ((await mix.Learner.LearnAsync())!.Plan is not null).Should().Be(made);
    }

    [Theory, InlineData(0.5, 1), InlineData(1 - 1e-12, 0)]
    public async Task LearningOptions_Confidence_IsWhatAReplacementNeeds(double confidence, long version)
    {
        LearningMix mix = Learning(l => l.Confidence = confidence);
        await LabelsAsync(mix, 100);

        mix.Learner.PlanVersion.Should().Be(version);
    }

    [Theory, InlineData(1, 60), InlineData(10_000, 120)]
    public async Task LearningOptions_HalfLife_IsHowFastLabelsFade(int hours, double labels)
    {
        LearningMix mix = Learning(l => (l.HalfLife, l.Exploration) = (TimeSpan.FromHours(hours), 1));
        await LabelsAsync(mix, 60);
        mix.Time.Advance(TimeSpan.FromHours(12));

        (await LabelsAsync(mix, 60)).Should().BeApproximately(labels, 1);
    }

    [Fact]
    public async Task LearningOptions_Interval_IsTheTimeBetweenPasses()
    {
        LearningMix mix = Learning(l => l.Interval = TimeSpan.FromHours(1));
        mix.Time.Advance(TimeSpan.FromMinutes(59));
        await mix.AskAsync(1);
        mix.Learner.LastProposal.Should().BeNull();
        mix.Time.Advance(TimeSpan.FromMinutes(2));
        await mix.AskAsync(1);

        SpinWait.SpinUntil(() => mix.Learner.LastProposal is not null, TimeSpan.FromSeconds(60)).Should().BeTrue();
    }

    [Theory, InlineData(3, 3), InlineData(100, 8)]
    public async Task LearningOptions_PendingCapacity_IsWhatIsRemembered(int capacity, int pending)
    {
        LearningMix mix = Learning(l => l.PendingCapacity = capacity);
        await mix.AskAsync(8, report: false);

        mix.Learner.Pending.Should().Be(pending);
    }

    [Theory, InlineData(1, false), InlineData(3, true)]
    public async Task LearningOptions_PendingFor_IsHowLong(int hours, bool taken)
    {
        LearningMix mix = Learning(l => l.PendingFor = TimeSpan.FromHours(hours));
        RoutingRecord record = (await mix.AskAsync(1, report: false))[0];
        mix.Time.Advance(TimeSpan.FromHours(2));

        mix.Learner.Report(record.RequestId!, OutcomeReport.Good).Should().Be(taken);
    }

    [Theory, InlineData(null, 0), InlineData(0, 30)]
    public async Task LearningOptions_ImplicitAfter_LetsTheLargeModelLabel(int? minutes, double labels)
    {
        LearningMix mix = Learning(l => l.ImplicitAfter = minutes is { } m ? TimeSpan.FromMinutes(m) : null);
        await mix.AskAsync(30, report: false);
        await mix.Learner.LearnAsync();

        mix.Learner.Labels.Should().BeApproximately(labels, 1);
    }

    [Theory, InlineData(0.1, 100), InlineData(1, 200)]
    public async Task LearningOptions_MostShareOfSource_BoundsEach(double share, double most)
    {
        LearningMix mix = Learning(l => (l.MostShareOfSource, l.Exploration, l.Trim) = (share, 1, 0));
        double labels = await LabelsAsync(mix, 200, (i, truth) => truth with { Source = i < 60 ? $"user {i}" : "flood" });

        labels.Should().BeInRange(60, most + 1);
        (labels > 150).Should().Be(share == 1);
    }

    [Theory, InlineData(0, true, 40), InlineData(0.2, true, 32), InlineData(0.2, false, 40)]
    public async Task LearningOptions_Trim_LeavesOutTheSourcesThatDifferMost(double trim, bool lies, double labels) =>
        (await LabelsAsync(
            Learning(l => (l.Trim, l.MostShareOfSource) = (trim, 1)),
            40,
            (i, truth) => truth with { Source = $"user {i % 5}", Quality = lies && i % 5 == 0 ? 1 - truth.Quality : truth.Quality })).Should().BeApproximately(labels, 1);

    [Fact]
    public async Task LearningOptions_Folder_IsWhereItIsKept()
    {
        using var folder = new StoreFolder();
        await LabelsAsync(Learning(l => l.Folder = folder.Path), 5);

        Directory.GetFiles(folder.Path, "counts-*.state").Should().ContainSingle();
    }

    [Fact]
    public async Task LearningOptions_Name_KeepsLearnersApart()
    {
        var plans = new InMemoryPlanStore();
        var mix = new LearningMix(m => m.Share(new InMemoryCountStore(), plans, new InMemoryLeaseStore()).Configure(o => o.Learning.Name = "support"));
        await LabelsAsync(mix, 100);

        (await plans.ReadAsync("support")).Should().NotBeNull();
        (await plans.ReadAsync("automix")).Should().BeNull();
    }
}
