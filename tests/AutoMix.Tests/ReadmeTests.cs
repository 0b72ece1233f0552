using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The README's own policy and verifier, as they stand there.</summary>
public sealed class ReadmeTests
{
    public sealed class SmallFirst : IRoutingPolicy
    {
        public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) => new(
            context.AnswerOf(0) is { IsUsable: true } small && !small.Text.Contains("not sure") ? RoutingDecision.Accept(small)
            : context.AnswerOf(0) is null && context.CanCall(0) ? RoutingDecision.Call(model: 0)
            : context.CanCall(1) ? RoutingDecision.Call(model: 1, final: true)
            : RoutingDecision.Abstain("no model is left"));
    }

    [Theory]
    [InlineData("Oslo", "Oslo")]
    [InlineData("I am not sure", "from the large model")]
    public async Task CustomPolicy_AsInTheReadme_Routes(string small, string answer)
    {
        using IChatClient client = new OneAnswer(small).AsBuilder()
            .UseAutoMix(mix => mix.AddModel("large", new OneAnswer("from the large model")).RouteWith<SmallFirst>())
            .Build();
        ChatResponse response = await client.GetResponseAsync("What is the capital of Norway?");
        response.Text.Should().Be(answer);
        response.GetRoutingRecord()!.Attempts.Should().HaveCount(small == answer ? 1 : 2);
    }

    [Fact]
    public async Task CustomVerifier_AsInTheReadme_IsAskedAboutEveryAnswer()
    {
        using IChatClient client = new OneAnswer("Oslo").AsBuilder()
            .UseAutoMix(mix =>
            {
                mix.AddModel("large", new OneAnswer("Oslo, source: an atlas"));
                mix.VerifyWith((answer, cancellationToken) => new(answer.Text.Contains("source:") ? 1.0 : 0.0));
            })
            .Build();
        (await client.GetResponseAsync("What is the capital of Norway?")).Text.Should().Be("Oslo, source: an atlas");
    }

    private sealed class OneAnswer(string text) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)) { FinishReason = ChatFinishReason.Stop });

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
