using System.Diagnostics;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Composition;

public class CompositionTests
{
    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Case23_OpenTelemetryAboveAndBelow_UsageOfEachCallIsReportedOnceBelowAndOurSpanHasNone(Mode mode)
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "AutoMix" or "below-case23",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        IChatClient client = Mix.Of(
            Mix.Model("no", vote: false).AsBuilder().UseOpenTelemetry(sourceName: "below-case23").Build(),
            Mix.Model("case-23").AsBuilder().UseOpenTelemetry(sourceName: "below-case23").Build());
        using var parent = new Activity("test").Start();

        await client.AskAsync(mode, "?");

        Activity[] mine = [.. spans.Where(s => s.TraceId == parent.TraceId)];
        Activity request = mine.Single(s => s.Source.Name == "AutoMix");
        request.Tags.Should().NotContain(t => t.Key.StartsWith("gen_ai.usage"));
        request.TagObjects.Should().Contain(t => t.Key == "automix.model" && Equals(t.Value, "large"));
        request.Events.Select(e => e.Name).Should().Contain(["automix.decision", "automix.attempt", "automix.verdict"]);
        mine.Where(s => s.Source.Name == "below-case23").Should().HaveCount(1 + 2 + 1).And.OnlyContain(s => s.TagObjects.Any(t => t.Key == "gen_ai.usage.input_tokens"));
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task OpenTelemetryAndLoggingAbove_WrapTheWholePipeline(Mode mode)
    {
        var logs = new FakeLogCollector();
        using ILoggerFactory factory = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(logs)));
        IChatClient client = Mix.Of(Mix.Model("yes"), Mix.Model("large"), above: chain => chain.UseOpenTelemetry(sourceName: "above").UseLogging(factory));

        (await client.AskAsync(mode, "?")).Record().Model.Should().Be("small");
        logs.GetSnapshot().Where(l => l.Message.Contains("invoked", StringComparison.Ordinal)).Should().ContainSingle();
    }

    [Fact]
    public async Task MiddlewareAddedAfterUseAutoMix_WrapsOnlyTheFirstModel()
    {
        var services = new ServiceCollection();
        int wrapped = 0;
        services.AddChatClient(Mix.Model("no", vote: false))
            .UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Mix.Model("large")))
            .Use((messages, options, next, ct) =>
            {
                wrapped++;
                return next(messages, options, ct);
            });
        await using ServiceProvider provider = services.BuildServiceProvider();

        (await provider.GetRequiredService<IChatClient>().GetResponseAsync("?")).Text.Should().Be("large");
        wrapped.Should().Be(1 + 2, "the first model's answer and its votes, not the second model");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task OrderedFailoverAboveAndBelow_FailsOverAsItShould(Mode mode)
    {
        IChatClient below = Mix.Of(new OrderedFailoverChatClient([Failing(() => new HttpRequestException("down")), Mix.Model("backup of small")]), Mix.Model("large"));
        (await below.AskAsync(mode, "?")).Text.Should().Be("backup of small");

        using IChatClient above = new OrderedFailoverChatClient([Mix.Of(Failing(() => new HttpRequestException("down")), Failing(() => new HttpRequestException("down too"))), Mix.Model("elsewhere")]);
        (await above.AskAsync(mode, "?")).Text.Should().Be("elsewhere");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task SemanticRoutingAboveAndBelow_RoutesAsItShould(Mode mode)
    {
        using var embeddings = new LetterEmbeddings();
        ScriptedClient code = Mix.Model("code model");
        ScriptedClient talk = Mix.Model("talk model");
        IChatClient routed = new SemanticRoutingChatClient(embeddings, new Dictionary<IChatClient, IReadOnlyList<string>> { [code] = ["xxxx"], [talk] = ["aaaa"] }, talk, 0.1f);
        (await Mix.Of(routed, Mix.Model("large")).AskAsync(mode, "xx")).Text.Should().Be("code model");

        IChatClient mixed = Mix.Of(Mix.Model("mixed"), Mix.Model("large"));
        using IChatClient above = new SemanticRoutingChatClient(embeddings, new Dictionary<IChatClient, IReadOnlyList<string>> { [mixed] = ["xxxx"], [talk] = ["aaaa"] }, talk, 0.1f);
        (await above.AskAsync(mode, "xx")).Record().Model.Should().Be("small");
    }

    [Fact]
    public async Task Agent_OverThePipeline_AnswersAndCarriesTheRecord()
    {
        int calls = 0;
        var tool = AIFunctionFactory.Create((string city) => { calls++; return "20 degrees"; }, "weather");
        bool HasResult(Call call) => call.Messages.Any(m => m.Contents.Any(c => c is FunctionResultContent));
        var small = new ScriptedClient(call => call.IsVerification ? Reply.Of("Verification Decision: Correct")
            : HasResult(call) ? Reply.Of("It is 20 degrees.")
            : Reply.Of(new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Paris" })) with { FinishReason = ChatFinishReason.ToolCalls });
        AIAgent agent = new ChatClientAgent(Mix.Of(small, Mix.Model("large")), "You help.", "helper", tools: [tool]);

        AgentResponse response = await agent.RunAsync("weather in Paris?");
        List<AgentResponseUpdate> updates = await agent.RunStreamingAsync("weather in Paris?").ToListAsync();

        response.Text.Should().Be("It is 20 degrees.");
        string.Concat(updates.Select(u => u.Text)).Should().Be("It is 20 degrees.");
        calls.Should().Be(2);
    }

    [Fact]
    public async Task KeyedClients_EachWithItsOwnPipeline_AreKeptApart()
    {
        var services = new ServiceCollection();
        services.AddKeyedChatClient("cheap", Mix.Model("cheap small")).UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Mix.Model("x")));
        services.AddKeyedChatClient("dear", Mix.Model("dear small", vote: false)).UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Mix.Model("dear large")));
        await using ServiceProvider provider = services.BuildServiceProvider();

        (await provider.GetRequiredKeyedService<IChatClient>("cheap").GetResponseAsync("?")).Text.Should().Be("cheap small");
        (await provider.GetRequiredKeyedService<IChatClient>("dear").GetResponseAsync("?")).Text.Should().Be("dear large");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task PipelineInsideAPipeline_CountsEachCallOnceAndKnowsItsBill(Mode mode)
    {
        IChatClient inner = Mix.Of(Mix.Model("no", vote: false), Mix.Model("inner large"));
        ChatResponse response = await new ChatClientBuilder(inner).UseAutoMix(mix => mix.FirstModel("inner", ModelPrice.PerMillionTokens(100, 100)).WithoutVerification()).Build().AskAsync(mode, "?");

        response.Text.Should().Be("inner large");
        RoutingRecord innerRecord = inner.GetService<RoutingRecord>()!;
        response.Record().Cost.Should().Be(innerRecord.Cost);
        response.Usage!.TotalTokenCount.Should().Be(15 + 2 * 103 + 15);
    }

    [Fact]
    public void GetService_AnswersForItselfMetadataModelsAndPolicy()
    {
        ScriptedClient small = new(Mix.Script("a"), "small-model-id");
        ScriptedClient large = Mix.Model("b");
        IChatClient client = Mix.Of(small, large);

        client.GetService<AutoMixChatClient>().Should().NotBeNull();
        client.GetService<ChatClientMetadata>()!.ProviderName.Should().Be("automix");
        client.GetService<ChatClientMetadata>()!.DefaultModelId.Should().Be("small-model-id");
        client.GetService<IChatClient>("large").Should().BeSameAs(large);
        client.GetService<IChatClient>("small").Should().BeSameAs(small);
        client.GetService<ModelProfile>("large")!.Price.Should().Be(Mix.LargePrice);
        client.GetService<IRoutingPolicy>()!.IsCalibrated.Should().BeFalse();
        client.GetService<ScriptedClient>().Should().BeSameAs(small);
        client.GetService<RoutingRecord>().Should().BeNull();
        client.GetService<IChatClient>("none").Should().BeNull();
    }

    [Fact]
    public void Dispose_OwnedClientsOnceEach_OthersStayOpen()
    {
        ScriptedClient inner = Mix.Model("a"), owned = Mix.Model("b"), open = Mix.Model("c"), made = Mix.Model("d"), keyed = Mix.Model("e");
        var services = new ServiceCollection();
        services.AddKeyedSingleton<IChatClient>("keyed", (_, _) => keyed);
        ServiceProvider provider = services.BuildServiceProvider();
        IChatClient client = new ChatClientBuilder(inner).UseAutoMix(mix => mix
            .FirstModel("first").AddModel("owned", owned).AddModel("again", owned).AddModel("open", open, leaveOpen: true).AddModel("made", _ => made).AddKeyedModel("keyed")).Build(provider);

        client.Dispose();
        client.Dispose();

        new[] { inner.Disposals, owned.Disposals, open.Disposals, made.Disposals, keyed.Disposals }.Should().Equal(1, 1, 0, 1, 0);
        Func<Task> use = () => client.GetResponseAsync("?");
        use.Should().ThrowAsync<ObjectDisposedException>();
    }

    private sealed class LetterEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(v => new Embedding<float>(new float[] { v.Contains('x') ? 1 : 0, v.Contains('a') ? 1 : 0 }))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
