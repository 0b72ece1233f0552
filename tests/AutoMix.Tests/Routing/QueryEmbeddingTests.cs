using AutoMix.Policies;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AutoMix.Tests.Routing;

/// <summary>A policy that looks at the query gets its embedding, and decides without one where there is none: a better guess is not worth a request.</summary>
public sealed class QueryEmbeddingTests
{
    [Fact]
    public async Task Ask_GeneratorGivesNothing_DecidesWithoutAndRecordsNoError()
    {
        (ChatResponse response, int length) = await AskAsync(_ => new([]));

        length.Should().Be(0);
        response.GetRoutingRecord()!.Embedding.Should().BeEquivalentTo(new { Tokens = (long?)null, Error = (string?)null });
    }

    [Theory]
    [InlineData(7L, 9L, 7L)]
    [InlineData(null, 9L, 9L)]
    [InlineData(null, null, null)]
    public async Task Ask_TokensOfTheEmbedding_AreThoseRead(long? input, long? total, long? expected)
    {
        (ChatResponse response, int length) = await AskAsync(_ => new([new Embedding<float>(new float[3])]) { Usage = new() { InputTokenCount = input, TotalTokenCount = total } });

        length.Should().Be(3);
        response.GetRoutingRecord()!.Embedding!.Tokens.Should().Be(expected);
    }

    [Fact]
    public async Task Ask_GeneratorGivesUpByItself_DecidesWithoutAndNamesTheError()
    {
        (ChatResponse response, int length) = await AskAsync(_ => throw new TaskCanceledException("its own time limit"));

        length.Should().Be(0);
        response.GetRoutingRecord()!.Embedding!.Error.Should().Be(typeof(TaskCanceledException).FullName);
    }

    [Fact]
    public async Task Ask_CallerCancelsMeanwhile_IsCancelled()
    {
        using var caller = new CancellationTokenSource();
        Func<Task> ask = () => AskAsync(
            token =>
            {
                caller.Cancel();
                token.ThrowIfCancellationRequested();
                return new([]);
            },
            cancellationToken: caller.Token);

        await ask.Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Ask_NoQuestion_AsksForNoEmbedding()
    {
        bool asked = false;
        (ChatResponse response, int length) = await AskAsync(
            _ =>
            {
                asked = true;
                return new([]);
            },
            question: "");

        (asked, length).Should().Be((false, 0));
        response.GetRoutingRecord()!.Embedding.Should().BeNull();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Ask_APolicyOfOnesOwn_IsGivenTheEmbeddingThatItNeeds(bool needs)
    {
        var policy = new OwnPolicy(needs);
        var services = new ServiceCollection().AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(new Generator(_ => new([new Embedding<float>(new float[3])])));
        services.AddChatClient(ScriptedClient.Answering("small")).UseAutoMix(mix => mix.RouteWith(policy));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IChatClient>().GetResponseAsync("where?");

        policy.Seen.Should().Equal(needs ? [3, 3] : [null, null]);
    }

    private static async Task<(ChatResponse Response, int Length)> AskAsync(
        Func<CancellationToken, GeneratedEmbeddings<Embedding<float>>> generate, string question = "where?", CancellationToken cancellationToken = default)
    {
        var policy = new SeeingPolicy();
        var services = new ServiceCollection().AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(new Generator(generate));
        services.AddChatClient(ScriptedClient.Answering("small")).UseAutoMix(mix => mix.FirstModel("small").AddModel("large", ScriptedClient.Answering("large")).WithoutVerification().RouteWith(policy));
        await using ServiceProvider provider = services.BuildServiceProvider();
        ChatResponse response = await provider.GetRequiredService<IChatClient>().GetResponseAsync(question, cancellationToken: cancellationToken);
        return (response, policy.Length);
    }

    private sealed class SeeingPolicy : ICascadePolicy
    {
        public int Length { get; private set; } = -1;

        public string Name => "seeing";

        public IReadOnlyList<string> Models { get; } = ["small", "large"];

        public PolicyNeeds Needs => PolicyNeeds.Embeddings;

        public CascadeAction Decide(CascadeHistory history)
        {
            Length = history.Embedding.Length;
            return history.IsCalled(0) ? CascadeAction.Accept(0) : CascadeAction.Call(0);
        }
    }

    private sealed class OwnPolicy(bool needs) : IRoutingPolicy
    {
        public List<int?> Seen { get; } = [];

        public bool NeedsEmbedding(RoutingView context) => needs;

        public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken)
        {
            Seen.Add(context.QueryEmbedding?.Length);
            return new(context.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Accept(context.Attempts[0]));
        }
    }

    private sealed class Generator(Func<CancellationToken, GeneratedEmbeddings<Embedding<float>>> generate) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(generate(cancellationToken));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
