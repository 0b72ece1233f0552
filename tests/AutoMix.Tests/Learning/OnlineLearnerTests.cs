using AutoMix.Learning;
using AutoMix.Policies;
using AutoMix.Stores;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Learning;

public class OnlineLearnerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Learn_EnoughReports_ReplacesTheFirstDaysRuleWithoutARestart()
    {
        var mix = new LearningMix();
        List<RoutingRecord> before = await mix.AskAsync(150);
        PlanProposal? proposal = await mix.Learner.LearnAsync();

        proposal!.IsBetter.Should().BeTrue(proposal.Reason);
        mix.Learner.PlanVersion.Should().Be(1);
        mix.Learner.Labels.Should().BeApproximately(150, 1);
        RoutingRecord after = (await mix.AskAsync(1))[0];
        before[^1].IsCalibrated.Should().BeFalse();
        after.IsCalibrated.Should().BeTrue();
        after.Fingerprint.Should().NotBe(before[^1].Fingerprint);
    }

    [Fact]
    public async Task Learn_FewReports_KeepsThePlanAtHand()
    {
        var mix = new LearningMix();
        await mix.AskAsync(30);
        PlanProposal? proposal = await mix.Learner.LearnAsync();

        proposal!.Plan.Should().BeNull();
        mix.Learner.PlanVersion.Should().Be(0);
    }

    [Fact]
    public async Task Explore_ARequest_AsksAllModelsAndReturnsThePlansChoice()
    {
        var mix = new LearningMix(smallAccuracy: 1);
        RoutingRecord record = (await mix.AskAsync(1))[0];

        record.Attempts.Select(a => a.Model).Should().Equal("small", "large");
        record.Model.Should().Be("small");
    }

    [Fact]
    public async Task Explore_BudgetIsSpent_ExploresNoMore()
    {
        // A request of the large model costs 100 x $10 + 5 x $20 a million = $0.0011.
        var mix = new LearningMix(m => m.Configure(o => o.Learning.ExplorationDollarsPerDay = 0.01m), smallAccuracy: 1);
        List<RoutingRecord> records = await mix.AskAsync(50);

        records.Count(r => r.Attempts.Count == 2).Should().Be(10);
        mix.Time.Advance(TimeSpan.FromHours(25));
        (await mix.AskAsync(1))[0].Attempts.Should().HaveCount(2);
    }

    [Fact]
    public async Task Explore_TheReaderLeaves_WhatItCostCountsAllTheSame()
    {
        // The last of the models that are called on purpose costs nothing, and nobody waits for it.
        CancellationTokenSource leaving = new();
        var last = new ScriptedClient(call =>
        {
            leaving.Cancel();
            throw new OperationCanceledException(leaving.Token);
        });
        var mix = new LearningMix(m => m.AddModel("last", last, ModelPrice.Free).Configure(o => o.Learning.ExplorationDollarsPerDay = 0.01m), smallAccuracy: 1);
        for (int i = 0; i < 50; i++)
        {
            leaving = new();
            try
            {
                await mix.Client.GetResponseAsync($"question {i}", cancellationToken: leaving.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }

        mix.Large.Calls.Should().HaveCount(10, "each costs $0.0011");
    }

    [Fact]
    public async Task Explore_ToolsAreOffered_IsNot()
    {
        var mix = new LearningMix(smallAccuracy: 1);
        ChatResponse response = await mix.Client.GetResponseAsync("?", new() { Tools = [AIFunctionFactory.Create(() => 1, "act")] });

        response.Record().Attempts.Should().ContainSingle();
    }

    [Fact]
    public async Task Explore_InTheShadow_CountsOnlyThePolicysOwnCallsAsItsCost()
    {
        var mix = new LearningMix(m => m.Configure(o => o.Rollout.Mode = RolloutMode.Shadow), smallAccuracy: 1);
        RoutingRecord record = (await mix.Client.GetResponseAsync("?")).Record();

        record.Model.Should().Be("large");
        record.Rollout!.WouldAnswer.Should().Be("small");
        record.Rollout.WouldCost.Should().Be(record.Attempts[0].Cost);
    }

    [Fact]
    public async Task Report_HoursLater_IsTaken()
    {
        var mix = new LearningMix();
        RoutingRecord record = (await mix.AskAsync(1, report: false))[0];
        mix.Time.Advance(TimeSpan.FromHours(23));

        mix.Learner.Report(record.RequestId!, OutcomeReport.Good).Should().BeTrue();
    }

    [Fact]
    public async Task Report_AfterADay_IsNot()
    {
        var mix = new LearningMix();
        RoutingRecord record = (await mix.AskAsync(1, report: false))[0];
        mix.Time.Advance(TimeSpan.FromHours(25));

        mix.Learner.Report(record.RequestId!, OutcomeReport.Good).Should().BeFalse();
    }

    [Fact]
    public async Task Report_MoreRequestsThanAreRemembered_TheOldestAreForgotten()
    {
        var mix = new LearningMix(m => m.Configure(o => o.Learning.PendingCapacity = 5));
        List<RoutingRecord> records = await mix.AskAsync(8, report: false);

        mix.Learner.Pending.Should().Be(5);
        records.Select(r => mix.Learner.Report(r.RequestId!, OutcomeReport.Good)).Should().Equal(false, false, false, true, true, true, true, true);
    }

    [Fact]
    public async Task Report_UnderTheCallersOwnId_IsTaken()
    {
        var mix = new LearningMix();
        await mix.Client.GetResponseAsync("?", new() { AdditionalProperties = new() { [RequestTags.RequestId] = "order 66" } });

        mix.Learner.Report("order 66", OutcomeReport.Bad).Should().BeTrue();
        mix.Learner.Report("order 67", OutcomeReport.Bad).Should().BeFalse();
    }

    [Theory, InlineData(1.5, 1), InlineData(double.NaN, 1), InlineData(1, 0), InlineData(1, 2)]
    public void Report_OutOfRange_IsRefused(double quality, double propensity)
    {
        Action act = () => new LearningMix().Learner.Report("?", new(quality) { Propensity = propensity });

        act.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Report_NoSuchModel_NamesTheModels()
    {
        Action act = () => new LearningMix().Learner.Report("?", OutcomeReport.Good with { Model = "medium" });

        act.Should().Throw<ArgumentException>().WithMessage("*medium*small, large*");
    }

    [Fact]
    public async Task Report_APipelineThatDoesNotLearn_IsNotTaken()
    {
        IChatClient client = Mix.Of(Mix.Model("small"), Answering("large"));
        ChatResponse response = await client.GetResponseAsync("?");

        client.ReportOutcome(response, OutcomeReport.Good).Should().BeFalse();
        response.Record().RequestId.Should().BeNull();
    }

    [Fact]
    public async Task Report_OneSourceFloods_ItsInfluenceIsBounded()
    {
        var mix = new LearningMix();

        // Ten users tell the truth twelve times each; an eleventh says 200 times that all is bad.
        await mix.AskAsync(120, change: (i, truth) => truth with { Source = $"user {i % 10}" });
        await mix.AskAsync(200, change: (_, _) => OutcomeReport.Bad with { Source = "flood" });
        await mix.Learner.LearnAsync();

        mix.Learner.Labels.Should().BeLessThan(160);
    }

    [Fact]
    public async Task Learn_Implicitly_TheLargeModelLabelsWhatNobodyGraded()
    {
        var mix = new LearningMix(m => m.Configure(o => o.Learning.ImplicitAfter = TimeSpan.FromMinutes(10)));
        await mix.AskAsync(60, report: false);
        (await mix.Learner.LearnAsync())!.Labels.Should().Be(0);
        mix.Time.Advance(TimeSpan.FromMinutes(11));

        (await mix.Learner.LearnAsync())!.Labels.Should().BeApproximately(60, 1);
    }

    [Fact]
    public async Task Learn_SomeAreGradedAndManyWait_WhatNobodyGradedIsNotASourceAboveItsShare()
    {
        var mix = new LearningMix(m => m.Configure(o => o.Learning.ImplicitAfter = TimeSpan.FromMinutes(10)));
        await mix.AskAsync(40, change: (i, outcome) => outcome with { Source = $"user {i % 20}" });
        await mix.AskAsync(200, report: false);
        mix.Time.Advance(TimeSpan.FromMinutes(11));

        (await mix.Learner.LearnAsync())!.Labels.Should().BeGreaterThan(235);
    }

    [Fact]
    public async Task Learn_EveryoneGradesOnce_TheFewWhoAreNotContentCount()
    {
        var mix = new LearningMix(smallAccuracy: 0.9);
        await mix.AskAsync(200, change: (i, outcome) => outcome with { Source = $"user {i}" });

        (await mix.Learner.LearnAsync())!.Labels.Should().BeApproximately(200, 1, "a source of one grade lies nowhere");
    }

    [Fact]
    public async Task Report_BeforeTheRequestIsForgotten_IsLearntAfterwards()
    {
        var mix = new LearningMix(m => m.Configure(o => o.Learning.PendingFor = TimeSpan.FromHours(1)));
        await mix.AskAsync(60);
        mix.Time.Advance(TimeSpan.FromHours(2));
        await mix.AskAsync(1, report: false);

        (await mix.Learner.LearnAsync())!.Labels.Should().BeApproximately(60, 1);
    }

    [Fact]
    public async Task Learn_RequestsThatWaitAreForgottenFirst_AreLabelledAllTheSame()
    {
        var mix = new LearningMix(m => m.Configure(o => (o.Learning.ImplicitAfter, o.Learning.PendingFor) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1))));
        await mix.AskAsync(60, report: false);
        mix.Time.Advance(TimeSpan.FromHours(2));
        await mix.AskAsync(1, report: false);

        (await mix.Learner.LearnAsync())!.Labels.Should().BeApproximately(60, 1);
    }

    [Fact]
    public async Task Explore_ManyAtOnce_SpendNoMoreThanTheBudget()
    {
        var going = new TaskCompletionSource();
        var last = new ScriptedClient(async (_, token) =>
        {
            await going.Task.WaitAsync(token);
            return Reply.Of("right", 100, 5);
        });
        var mix = new LearningMix(m => m.AddModel("last", last, ModelPrice.Free).Configure(o => o.Learning.ExplorationDollarsPerDay = 0.01m), smallAccuracy: 1);
        Task<ChatResponse>[] asking = [.. Enumerable.Range(0, 100).Select(i => mix.Client.GetResponseAsync($"question {i}"))];
        going.SetResult();
        await Task.WhenAll(asking);
        asking = [.. Enumerable.Range(100, 100).Select(i => mix.Client.GetResponseAsync($"question {i}"))];
        await Task.WhenAll(asking);

        // Each costs $0.0011, of which the last one may be in part above the budget.
        mix.Large.Calls.Count.Should().BeInRange(2, 10);
    }

    [Fact]
    public async Task Explore_ALimitForbidsTheOtherModels_ThePlansChoiceIsAccepted()
    {
        foreach (Action<AutoMixOptions> limit in new Action<AutoMixOptions>[] { o => o.MaxAttempts = 1, o => o.MaxCostPerRequest = 0.011m })
        {
            var mix = new LearningMix(m => m.Configure(limit), smallAccuracy: 1);
            RoutingRecord record = (await mix.Client.GetResponseAsync("?")).Record();

            record.Model.Should().Be("small");
            record.Outcome.Should().Be(RoutingOutcome.Accepted);
            record.Limit.Should().BeNull();
        }
    }

    [Fact]
    public async Task Explore_TheDeadlinePassesMeanwhile_ThePlansChoiceIsAccepted()
    {
        LearningMix? mix = null;
        var last = new ScriptedClient(async (_, token) =>
        {
            Task never = Task.Delay(Timeout.Infinite, token);
            mix!.Time.Advance(TimeSpan.FromSeconds(11));
            await never;
            return Reply.Of("never");
        });
        mix = new LearningMix(m => m.AddModel("last", last, ModelPrice.Free).Configure(o => o.Deadline = TimeSpan.FromSeconds(10)), smallAccuracy: 1);
        RoutingRecord record = (await mix.Client.GetResponseAsync("?")).Record();

        record.Model.Should().Be("small");
        record.Outcome.Should().Be(RoutingOutcome.Accepted);
    }

    [Fact]
    public async Task Explore_OthersHaveLabelledEnough_ANewProcessExploresNoMoreThanUsual()
    {
        var stores = (Counts: new InMemoryCountStore(), Plans: new InMemoryPlanStore(), Leases: new InMemoryLeaseStore());
        var one = new LearningMix(m => m.Share(stores.Counts, stores.Plans, stores.Leases));
        await one.AskAsync(100);
        await one.Learner.LearnAsync();
        var two = new LearningMix(m => m.Share(stores.Counts, stores.Plans, stores.Leases).Configure(o => o.Learning.Exploration = 0), seed: 2);
        (await two.AskAsync(20)).Should().OnlyContain(r => r.Attempts.Count == 2, "it does not know yet");
        await two.Learner.LearnAsync();

        (await two.AskAsync(100)).Should().Contain(r => r.Attempts.Count == 1);
    }

    [Fact]
    public async Task Learn_AModelIsExchanged_WhatWasLearntOfTheOtherIsNotUsed()
    {
        var counts = new InMemoryCountStore();
        var one = new LearningMix(m => m.Share(counts, new InMemoryPlanStore(), new InMemoryLeaseStore()));
        await one.AskAsync(100);
        (await one.Learner.LearnAsync())!.Labels.Should().BeApproximately(100, 1);
        var two = new LearningMix(m => m.FirstModel("another").Share(counts, new InMemoryPlanStore(), new InMemoryLeaseStore()));

        (await two.Learner.LearnAsync())!.Labels.Should().Be(0);
    }

    [Fact]
    public async Task Learn_AModelDegrades_IsNoticed()
    {
        var drifts = new List<DriftEventArgs>();
        var mix = new LearningMix(m => m.Configure(o => (o.Learning.FirstExploration, o.Learning.Exploration) = (1, 0.3)), smallAccuracy: 0.95);
        mix.Learner.DriftDetected += (_, drift) => drifts.Add(drift);
        await TeachAsync(mix, 300);
        drifts.Should().BeEmpty();
        mix.SmallAccuracy = 0.3;
        await TeachAsync(mix, 400);

        drifts.Should().Contain(d => d.Kind == DriftKind.Model && d.Model == "small");
    }

    [Fact]
    public async Task Learn_ThePlanAtHandHasBecomeBad_IsReplaced()
    {
        var mix = new LearningMix(m => m.RouteWith(ThresholdPolicy.Always(["small", "large"], 0)), smallAccuracy: 0.3);
        await mix.AskAsync(100);
        await mix.Learner.LearnAsync();

        mix.Learner.PlanVersion.Should().Be(1);
    }

    [Fact]
    public async Task Learn_TwoProcessesShareStores_OneMakesThePlanAndBothFollow()
    {
        var stores = (Counts: new InMemoryCountStore(), Plans: new InMemoryPlanStore(), Leases: new InMemoryLeaseStore());
        var one = new LearningMix(m => m.Share(stores.Counts, stores.Plans, stores.Leases));
        var two = new LearningMix(m => m.Share(stores.Counts, stores.Plans, stores.Leases), seed: 2);
        await one.AskAsync(80);
        await two.AskAsync(80);
        (await one.Learner.LearnAsync()).Should().NotBeNull();
        (await two.Learner.LearnAsync()).Should().BeNull("the other one holds the lease");
        PlanProposal? proposal = await one.Learner.LearnAsync();
        await two.Learner.LearnAsync();

        proposal!.Labels.Should().BeApproximately(160, 1);
        one.Learner.PlanVersion.Should().BePositive();
        two.Learner.PlanVersion.Should().Be(one.Learner.PlanVersion);
    }

    [Fact]
    public async Task Learn_TheStoreHasLostVersions_TheNextLeadersPlanIsFollowed()
    {
        var stores = (Counts: new InMemoryCountStore(), Plans: new ForgetfulPlans(), Leases: new InMemoryLeaseStore());
        var one = new LearningMix(m => m.Share(stores.Counts, stores.Plans, stores.Leases));
        await one.AskAsync(150);
        await one.Learner.LearnAsync();
        await one.AskAsync(1);
        one.Learner.PlanVersion.Should().Be(1);
        PlanVersion first = (await stores.Plans.ReadAsync(stores.Plans.Plan!))!;

        stores.Plans.Forget();
        (await stores.Plans.PublishAsync(stores.Plans.Plan!, first.Content, first.FencingToken + 1)).Should().NotBeNull();
        string before = one.Learner.Routing.Fingerprint;
        CascadeRoutingPolicy decided = one.Learner.Routing;
        await one.Learner.LearnAsync();

        one.Learner.Routing.Should().NotBeSameAs(decided, "version 1 of a later leader is newer than version 1 of an earlier one");
        one.Learner.Routing.Fingerprint.Should().Be(before);
    }

    [Fact]
    public async Task Learn_AnotherProcessPublishes_IsFollowedAtOnceWithoutAPass()
    {
        var stores = (Counts: new InMemoryCountStore(), Plans: new InMemoryPlanStore(), Leases: new InMemoryLeaseStore());
        var one = new LearningMix(m => m.Share(stores.Counts, stores.Plans, stores.Leases));
        var two = new LearningMix(m => m.Share(stores.Counts, stores.Plans, stores.Leases), seed: 2);
        await two.AskAsync(1);
        await one.AskAsync(150);
        await one.Learner.LearnAsync();

        one.Learner.PlanVersion.Should().Be(1);
        SpinWait.SpinUntil(() => two.Learner.PlanVersion == 1, Patience).Should().BeTrue();
        two.Learner.LastProposal.Should().BeNull("it has made no pass");
        (await two.AskAsync(1))[0].IsCalibrated.Should().BeTrue();
    }

    [Fact]
    public async Task Dispose_WhilePlansAreWatched_EndsTheWatch()
    {
        var plans = new WatchedPlans();
        var mix = new LearningMix(m => m.Share(new InMemoryCountStore(), plans, new InMemoryLeaseStore()));
        await mix.AskAsync(1);
        await plans.Begun.Task.WaitAsync(Patience);
        mix.Client.Dispose();

        await plans.Ended.Task.WaitAsync(Patience);
        plans.Watches.Should().Be(1, "no second watch follows the one that was ended");
    }

    [Fact]
    public async Task Report_WhatErrorsCost_MovesThePlanToIt()
    {
        // The large model's dollar is worth a hundred errors: only the small model pays.
        var mix = new LearningMix();
        await mix.AskAsync(150, change: (_, outcome) => outcome with { ErrorDollars = 1e-6m });
        await mix.Learner.LearnAsync();

        RoutingRecord record = (await mix.Client.GetResponseAsync("?", new() { Tools = [AIFunctionFactory.Create(() => 1, "act")] })).Record();
        mix.Learner.PlanVersion.Should().Be(1);
        record.Attempts.Select(a => a.Model).Should().Equal("small");
        Action act = () => mix.Learner.Report("?", new(1) { ErrorDollars = 0 });
        act.Should().Throw<ArgumentException>().WithMessage("*dollars*");
    }

    [Fact]
    public async Task Remember_ManyRequestsLongBeforeTheInterval_MakesAPass()
    {
        var mix = new LearningMix(m => m.Configure(o => o.Learning.PendingCapacity = 20));
        await mix.AskAsync(40);

        SpinWait.SpinUntil(() => mix.Learner.LastProposal is not null, Patience).Should().BeTrue("what is remembered between passes is bounded by the capacity");
    }

    [Fact]
    public async Task Learn_TheStoreFails_LosesNothing()
    {
        var counts = new FailingCounts();
        var mix = new LearningMix(m => m.Share(counts, new InMemoryPlanStore(), new InMemoryLeaseStore()).Configure(o => o.Learning.Exploration = 0));
        await mix.AskAsync(60);
        counts.Fails = true;
        await mix.Learner.Invoking(l => l.LearnAsync()).Should().ThrowAsync<IOException>();
        (await mix.AskAsync(1))[0].Outcome.Should().Be(RoutingOutcome.Accepted);
        counts.Fails = false;

        (await mix.Learner.LearnAsync())!.Labels.Should().BeApproximately(60, 0.1);
    }

    [Fact]
    public async Task Learn_InAFolder_GoesOnAfterARestart()
    {
        using var folder = new Stores.StoreFolder();
        var before = new LearningMix(m => m.Configure(o => o.Learning.Folder = folder.Path));
        await before.AskAsync(150);
        await before.Learner.LearnAsync();
        var after = new LearningMix(m => m.Configure(o => o.Learning.Folder = folder.Path));
        after.Time.Advance(TimeSpan.FromMinutes(5));
        PlanProposal? proposal = await after.Learner.LearnAsync();

        proposal!.Labels.Should().BeApproximately(150, 1);
        after.Learner.PlanVersion.Should().Be(before.Learner.PlanVersion).And.BePositive();
    }

    [Fact]
    public async Task Learn_TheRateOfExplorationFalls_EarlyLabelsKeepTheirWeight()
    {
        var mix = new LearningMix(m => m.Configure(o => o.Learning.Exploration = 0.1));
        await mix.AskAsync(60);
        await mix.Learner.LearnAsync();
        await mix.AskAsync(200);

        (await mix.Learner.LearnAsync())!.Labels.Should().BeInRange(65, 100);
    }

    [Fact]
    public async Task Learn_LabelsOfKnownPropensity_AreWeighted()
    {
        var mix = new LearningMix();
        await mix.AskAsync(60, change: (i, truth) => truth with { Propensity = i < 6 ? 0.05 : 1 });

        (await mix.Learner.LearnAsync())!.Labels.Should().BeLessThan(20, "six labels stand for as many requests as the others together, twice");
    }

    [Fact]
    public async Task Learn_OldLabels_WeighLess()
    {
        var mix = new LearningMix(m => m.Configure(o => (o.Learning.HalfLife, o.Learning.Exploration) = (TimeSpan.FromHours(1), 1)));
        await mix.AskAsync(80);
        await mix.Learner.LearnAsync();
        mix.Time.Advance(TimeSpan.FromHours(10));
        await mix.AskAsync(80);

        // 80 labels of weight 1 and 80 of weight 1/1024.
        (await mix.Learner.LearnAsync())!.Labels.Should().BeApproximately(80, 1);
    }

    [Fact]
    public async Task Learn_AcrossEpochsOfTheWeights_KeepsWhatWasLearned()
    {
        // No pass but those made here: one that is made meanwhile would end the exploration early.
        var mix = new LearningMix(m => m.Configure(o => (o.Learning.HalfLife, o.Learning.Interval) = (TimeSpan.FromHours(1), TimeSpan.FromDays(1_000))));
        TimeSpan sinceEpoch = mix.Time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        mix.Time.Advance(TimeSpan.FromHours(256 - (sinceEpoch.TotalHours % 256)) - TimeSpan.FromMinutes(1));
        await mix.AskAsync(40);
        await mix.Learner.LearnAsync();
        mix.Time.Advance(TimeSpan.FromMinutes(2));
        await mix.AskAsync(40);

        (await mix.Learner.LearnAsync())!.Labels.Should().BeApproximately(80, 1);
    }

    [Fact]
    public async Task Learn_TheIntervalHasPassed_HappensByItself()
    {
        var mix = new LearningMix(m => m.Configure(o => o.Learning.Interval = TimeSpan.FromSeconds(30)));
        await mix.AskAsync(60);
        mix.Learner.LastProposal.Should().BeNull();
        mix.Time.Advance(TimeSpan.FromSeconds(31));
        await mix.AskAsync(1);

        SpinWait.SpinUntil(() => mix.Learner.LastProposal is not null, Patience).Should().BeTrue();
    }

    [Fact]
    public void Build_APolicyOfYourOwn_IsAConfigurationError()
    {
        Action act = () => Mix.Of(Mix.Model("a"), Answering("b"), m => m.RouteWith((_, _) => default).Configure(o => o.Learning.Enabled = true));

        act.Should().Throw<AutoMixConfigurationException>().WithMessage("*Learning*RouteWith*");
    }

    private static async Task TeachAsync(LearningMix mix, int questions)
    {
        for (int i = 0; i < questions; i += 50)
        {
            await mix.AskAsync(50);
            await mix.Learner.LearnAsync();
        }
    }

    private sealed class FailingCounts : ICountStore
    {
        private readonly InMemoryCountStore _inner = new();

        public bool Fails { get; set; }

        // The addition arrives, its answer does not.
        public async ValueTask<bool> AddAsync(string key, CountDelta delta, CancellationToken cancellationToken = default)
        {
            bool added = await _inner.AddAsync(key, delta, cancellationToken);
            return Fails ? throw new IOException("gone") : added;
        }

        public ValueTask<IReadOnlyDictionary<string, double>> ReadAsync(string key, CancellationToken cancellationToken = default) => _inner.ReadAsync(key, cancellationToken);

        public ValueTask RemoveAsync(string key, IReadOnlyCollection<string> fields, CancellationToken cancellationToken = default) => _inner.RemoveAsync(key, fields, cancellationToken);
    }

    /// <summary>A server that comes back with nothing.</summary>
    private sealed class ForgetfulPlans : IPlanStore
    {
        private InMemoryPlanStore _inner = new();

        public string? Plan { get; private set; }

        public void Forget() => _inner = new();

        public ValueTask<PlanVersion?> ReadAsync(string name, CancellationToken cancellationToken = default) => _inner.ReadAsync(name, cancellationToken);

        public ValueTask<PlanVersion?> PublishAsync(string name, ReadOnlyMemory<byte> content, long fencingToken, CancellationToken cancellationToken = default)
        {
            Plan = name;
            return _inner.PublishAsync(name, content, fencingToken, cancellationToken);
        }

        public IAsyncEnumerable<PlanVersion> WatchAsync(string name, CancellationToken cancellationToken = default) => _inner.WatchAsync(name, cancellationToken);
    }

    private sealed class WatchedPlans : IPlanStore
    {
        private readonly InMemoryPlanStore _inner = new();

        public int Watches { get; private set; }

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<PlanVersion?> ReadAsync(string name, CancellationToken cancellationToken = default) => _inner.ReadAsync(name, cancellationToken);

        public ValueTask<PlanVersion?> PublishAsync(string name, ReadOnlyMemory<byte> content, long fencingToken, CancellationToken cancellationToken = default) =>
            _inner.PublishAsync(name, content, fencingToken, cancellationToken);

        public async IAsyncEnumerable<PlanVersion> WatchAsync(string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Watches++;
            Begun.TrySetResult();
            try
            {
                await foreach (PlanVersion version in _inner.WatchAsync(name, cancellationToken))
                {
                    yield return version;
                }
            }
            finally
            {
                Ended.TrySetResult();
            }
        }
    }
}
