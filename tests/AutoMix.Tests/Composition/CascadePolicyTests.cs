using System.Collections.Concurrent;
using System.Diagnostics;
using AutoMix.Policies;
using AutoMix.Tests.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Composition;

/// <summary>A policy over numbers sees live what it sees offline.</summary>
public class CascadePolicyTests
{
    [Theory, InlineData("**Unknown.**", "large"), InlineData("Paris", "Paris")]
    public async Task AnswerOnAList_IsEscalatedLiveAsOffline(string answer, string expected)
    {
        var policy = new Seeing(history => history.AnswerKey(0) == RequestKeys.FromText("unknown") ? CascadeAction.Call(1, final: true) : CascadeAction.Accept(0));

        (await Mix.Of(Answering(answer), Answering("large"), m => m.RouteWith(policy)).GetResponseAsync("?")).Text.Should().Be(expected);
    }

    [Fact]
    public async Task InputTokens_AreTheSameAboveZeroBeforeEveryDecision()
    {
        var seen = new List<double>();
        var policy = new Seeing(_ => CascadeAction.Accept(0), seen);
        await Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith(policy).WithoutVerification().CountTokensWith(text => text.Length)).GetResponseAsync("a question");

        seen.Should().HaveCountGreaterThan(1).And.OnlyContain(tokens => tokens == seen[0] && tokens >= "a question".Length);
    }

    [Fact]
    public void PolicyThatNeedsEmbeddings_IsAConfigurationErrorThatNamesTheNeedAndTheRemedy()
    {
        var contextual = new Seeing(_ => CascadeAction.Accept(0)) { Needs = PolicyNeeds.Embeddings };
        var mixture = new MixturePolicy(new ThresholdPolicy(contextual.Models, [0.5, 0]), contextual, 0.5, 1);

        mixture.Needs.Should().Be(PolicyNeeds.Embeddings | PolicyNeeds.Confidences);
        foreach (ICascadePolicy policy in (ICascadePolicy[])[contextual, mixture])
        {
            new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.RouteWith(policy)))
                .Should().Throw<AutoMixConfigurationException>().WithMessage($"*'{policy.Name}'*Embeddings*IRoutingPolicy*");
        }
    }

    [Theory, InlineData(false, 3), InlineData(true, 0)]
    public async Task PolicyThatNeedsEmbeddings_GetsOneOfTheQuestionAndDoesWithoutWhereItFails(bool fails, int length)
    {
        var lengths = new List<int>();
        var policy = new Seeing(history =>
        {
            lengths.Add(history.Embedding.Length);
            return CascadeAction.Accept(0);
        })
        { Needs = PolicyNeeds.Embeddings };
        var generator = new Generator(fails);
        var services = new ServiceCollection().AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(generator);
        services.AddChatClient(Answering("small")).UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Answering("large")).WithoutVerification().RouteWith(policy));

        (await services.BuildServiceProvider().GetRequiredService<IChatClient>().GetResponseAsync("where?")).Text.Should().Be("small");

        lengths.Should().NotBeEmpty().And.OnlyContain(l => l == length);
        generator.Asked.Should().Equal("where?");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task PolicyThatNeedsEmbeddings_WhatTheyTakeIsInTheRecordTheMetricsAndTheSpan(bool fails)
    {
        var time = new FakeTimeProvider();
        var policy = new Seeing(_ => CascadeAction.Accept(0)) { Needs = PolicyNeeds.Embeddings };
        var services = new ServiceCollection().AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(new Generator(fails, () => time.Advance(TimeSpan.FromSeconds(3.25))));
        services.AddChatClient(Answering("small")).UseAutoMix(mix => mix.FirstModel("small").AddModel("large", Answering("large")).WithoutVerification().RouteWith(policy).UseTimeProvider(time));
        using var measured = new Measurements();
        using Activity parent = new Activity("test").Start();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        ChatResponse response = await services.BuildServiceProvider().GetRequiredService<IChatClient>().GetResponseAsync("where?");

        string? error = fails ? typeof(HttpRequestException).FullName : null;
        response.GetRoutingRecord()!.Embedding.Should().Be(new EmbeddingRecord { Tokens = fails ? null : 17, Duration = TimeSpan.FromSeconds(3.25), Error = error });
        measured.Of("automix.embedding.duration", "automix.policy", policy.Name).Should().ContainSingle(m => m.Value == 3.25 && m.Unit == "s" && (string?)m.Tags.GetValueOrDefault("error.type") == error);
        measured.Of("automix.embedding.tokens", "automix.policy", policy.Name).Count(m => m.Value == 17).Should().Be(fails ? 0 : 1);
        ActivityEvent embedded = spans.Single(span => span.TraceId == parent.TraceId).Events.Single(e => e.Name == "automix.embedding");
        embedded.Tags.ToDictionary().Should().Contain("automix.embedding.duration", 3.25).And.Contain("automix.embedding.tokens", fails ? null : 17L);
        embedded.Tags.ToDictionary().GetValueOrDefault("error.type").Should().Be(error);
    }

    private sealed class Generator(bool fails, Action? before = null) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public List<string> Asked { get; } = [];

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Asked.AddRange(values);
            before?.Invoke();
            return fails
                ? throw new HttpRequestException("down")
                : Task.FromResult(new GeneratedEmbeddings<Embedding<float>>([new Embedding<float>(new float[3])]) { Usage = new() { InputTokenCount = 17 } });
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class Seeing(Func<CascadeHistory, CascadeAction> decide, List<double>? tokens = null) : ICascadePolicy
    {
        public string Name => "seeing";

        public IReadOnlyList<string> Models { get; } = ["small", "large"];

        public PolicyNeeds Needs { get; init; }

        public CascadeAction Decide(CascadeHistory history)
        {
            tokens?.Add(history.InputTokens);
            return history.IsCalled(1) ? CascadeAction.Accept(1) : history.IsCalled(0) ? decide(history) : CascadeAction.Call(0);
        }
    }
}
