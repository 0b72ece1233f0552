using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Cases.Neighbours;

/// <summary>Cases 22 to 26 by other mechanisms.</summary>
public class AccountingNeighbours
{
    private static bool HasResult(Call call) => call.Messages.Any(m => m.Contents.Any(c => c is FunctionResultContent));

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case22_TurnsOfALoopInsideATier_AddUp(Mode mode)
    {
        var small = new ScriptedClient(call => HasResult(call) ? Reply.Of("20 degrees", 30, 6) : Reply.Of(new FunctionCallContent("c1", "look", new Dictionary<string, object?>())));
        IChatClient client = Mix.Of(small.AsBuilder().UseFunctionInvocation().Build(), Answering("large"), mix => mix.WithoutVerification());

        ChatResponse response = await client.AskAsync(mode, "?", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 20, "look")] });

        response.Usage!.InputTokenCount.Should().Be(10 + 30);
        response.Usage.OutputTokenCount.Should().Be(5 + 6);
        response.Record().Cost.Should().Be((40m * 1 + 11 * 2) / 1_000_000);
    }

    [Theory]
    [InlineData(null, null, 1_000L, true)]
    [InlineData(400L, null, 1_000L, false)]
    [InlineData(null, 600L, 1_000L, false)]
    [InlineData(400L, null, null, true)]
    [InlineData(null, 600L, null, true)]
    public async Task Case22_UsageThatLacksAPart_IsNotFree(long? input, long? output, long? total, bool estimated)
    {
        var small = new ScriptedClient(_ => Reply.Of("a short answer") with { Usage = new() { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = total } });
        RoutingRecord record = (await Mix.Of(small, Answering("large"), mix => mix.WithoutVerification()).GetResponseAsync("?")).Record();

        record.Spend.IsEstimated.Should().Be(estimated);
        if (estimated)
        {
            record.Cost.Should().BeGreaterThan(((input ?? 0) * 1m + (output ?? 0) * 2m) / 1_000_000);
        }
        else
        {
            record.Cost.Should().Be((400m * 1 + 600 * 2) / 1_000_000);
        }
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case22_PipelineInsideAPipelineThatFails_HandsItsBillOn(Mode mode)
    {
        IChatClient inner = Mix.Of(Mix.Model("small", vote: false), Failing(() => new HttpRequestException("down")), mix => mix.Configure(o => o.OnAbstain = AbstainAction.Throw));
        var ledger = new InMemoryBudgetLedger([BudgetLimit.PerHour(10)]);
        IChatClient client = inner.AsBuilder().UseAutoMix(mix => mix
            .FirstModel("inner", Mix.LargePrice).AddModel("outer", Answering("fine"), Mix.LargePrice).WithoutVerification().UseBudget(ledger)).Build();

        ChatResponse response = await client.AskAsync(mode, "?");
        RoutingRecord record = response.Record();

        response.Usage!.InputTokenCount.Should().Be(10 + 200 + 10);
        response.Usage.OutputTokenCount.Should().Be(5 + 6 + 5);
        record.Attempts[0].Status.Should().Be(AttemptStatus.Failed);
        record.Attempts[0].Cost.Should().Be((10m + 10 + (200m * 1) + (6 * 2)) / 1_000_000, "an answer and two votes of 100 and 3 tokens were paid for inside");
        ledger.Committed("").Should().Be(record.Cost);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case23_OurSpanAndItsEvents_HoldNoTokensWhateverHappens(Mode mode)
    {
        var tags = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == TelemetryNames.Source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a =>
            {
                lock (tags)
                {
                    tags.AddRange(a.TagObjects.Select(t => t.Key).Concat(a.Events.SelectMany(e => e.Tags.Select(t => t.Key))));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await Mix.Of(Mix.Model("small", vote: false), Answering("large")).AskAsync(mode, "?");

        tags.Should().NotBeEmpty().And.OnlyContain(t => t.StartsWith("automix.", StringComparison.Ordinal));
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case24_VotesTogether_AreReservedTogetherBeforeTheFirstStarts(Mode mode)
    {
        ScriptedClient small = Mix.Model("small");
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix
            .Configure(o => o.MaxCostPerRequest = 0.003m).VerifyWith(Verifiers.SelfVerification(4, o => (o.BatchSize, o.MaxOutputTokens) = (4, 500))).Configure(o => o.AcceptThreshold = 0));

        ChatResponse response = await client.AskAsync(mode, "?", new ChatOptions { MaxOutputTokens = 100 });

        small.Verifications.Should().BeEmpty("one vote would fit, four at once do not");
        response.Record().Limit.Should().Be(LimitKind.Cost);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case24_RetryOfTheSameModel_IsCheckedAgainstTheBudgetToo(Mode mode)
    {
        var small = new ScriptedClient(_ => Reply.Of(new ErrorContent("overloaded")) with { Usage = new() { InputTokenCount = 10, OutputTokenCount = 400 } });
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix
            .Configure(o => o.MaxCostPerRequest = 0.0025m).Configure(o => o.Failures[FailureKind.Overload] = FailureReaction.Retry).Configure(o => o.Circuit.Enabled = false));

        Func<Task> ask = () => client.AskAsync(mode, "?", new ChatOptions { MaxOutputTokens = 400 });

        (await ask.Should().ThrowAsync<NoUsableAnswerException>()).Which.Record.Cost.Should().BeLessThanOrEqualTo(0.0025m);
        small.Calls.Should().HaveCount(3);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case25_AbstainedAnswerReadBackFromACache_IsStillMarked(Mode mode)
    {
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        ScriptedClient small = Answering("small");
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix.RouteWith((state, _) => new(
            state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Abstain("not sure"))), chain => chain.UseDistributedCache(cache));

        RoutingRecord first = (await client.AskAsync(mode, "?")).Record();
        RoutingRecord second = (await client.AskAsync(mode, "?")).Record();

        second.Outcome.Should().Be(RoutingOutcome.Abstained);
        second.IsFromCache.Should().BeTrue();
        second.Should().Be(first, "it says the same");
        small.Calls.Should().ContainSingle();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case25_Failure_IsNotCached(Mode mode)
    {
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        bool down = true;
        IChatClient client = Mix.Of(
            new ScriptedClient(_ => down ? throw new HttpRequestException("down", null, HttpStatusCode.BadRequest) : Reply.Of("up")),
            new ScriptedClient(_ => down ? throw new HttpRequestException("down", null, HttpStatusCode.BadRequest) : Reply.Of("up")),
            mix => mix.WithoutVerification(),
            chain => chain.UseDistributedCache(cache));
        Func<Task> ask = () => client.AskAsync(mode, "?");
        await ask.Should().ThrowAsync<NoUsableAnswerException>();

        down = false;
        (await client.AskAsync(mode, "?")).Text.Should().Be("up");
    }

    [Fact]
    public void Case26_EverythingThatAFileCanSay_ArrivesThere()
    {
        var lines = new Dictionary<string, string?>();
        void Say(string prefix, object settings)
        {
            foreach (System.Reflection.PropertyInfo property in settings.GetType().GetProperties().Where(p => p.CanWrite))
            {
                Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                object? now = property.GetValue(settings);
                string? other = type == typeof(bool) ? (now is true ? "False" : "True")
                    : type == typeof(string) ? "said"
                    : type == typeof(TimeSpan) ? "00:00:07"
                    : type.IsEnum ? Enum.GetNames(type).First(n => n != now?.ToString())
                    : type.IsPrimitive || type == typeof(decimal) ? "0.5"
                    : null;
                if (other is not null)
                {
                    lines[$"{prefix}:{property.Name}"] = type == typeof(int) ? "7" : other;
                }
            }
        }

        Say("AutoMix", new AutoMixOptions());
        Say("AutoMix:Circuit", new CircuitOptions());
        Say("AutoMix:Models:small", new ModelOptions());
        Say("AutoMix:Budgets:0", new BudgetLimit());
        lines["AutoMix:Failures:RateLimit"] = "Stop";
        lines["AutoMix:ToolMinimumModels:charge"] = "large";
        var options = new AutoMixOptions();
        new ConfigurationBuilder().AddInMemoryCollection(lines).Build().GetSection("AutoMix").Bind(options);

        foreach ((string key, string? said) in lines)
        {
            object? at = options;
            foreach (string part in key.Split(':').Skip(1))
            {
                at = at switch
                {
                    System.Collections.IDictionary map => map[map.Keys.Cast<object>().Single(k => k.ToString() == part)],
                    System.Collections.IList list => list[int.Parse(part, null)],
                    _ => at!.GetType().GetProperty(part)!.GetValue(at),
                };
            }

            Convert.ToString(at, System.Globalization.CultureInfo.InvariantCulture).Should().Be(said, key);
        }

        lines.Should().HaveCountGreaterThanOrEqualTo(40);
    }
}
