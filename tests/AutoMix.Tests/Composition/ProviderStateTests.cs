using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Composition;

public class ProviderStateTests
{
    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task ConversationId_IsOnlyContinuedByTheModelThatKeepsIt(Mode mode)
    {
        ScriptedClient small = Answering(" ");
        var large = new ScriptedClient(_ => Reply.Of("large") with { ConversationId = "conv-of-large" });
        IChatClient client = Mix.Of(small, large);
        string conversation = (await client.AskAsync(mode, "first")).ConversationId!;

        ChatResponse next = await client.AskAsync(mode, "second", new ChatOptions { ConversationId = conversation });

        next.Record().Model.Should().Be("large");
        small.Calls.Should().HaveCount(1);
        large.Calls[^1].Options!.ConversationId.Should().Be("conv-of-large");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task ConversationId_OfUnknownOrigin_BelongsToTheFirstModel(Mode mode)
    {
        ScriptedClient large = Answering("large");
        ChatResponse response = await Mix.Of(Mix.Model("small", vote: false), large).AskAsync(mode, "?", new ChatOptions { ConversationId = "elsewhere" });

        response.Text.Should().Be("small");
        large.Calls.Should().BeEmpty("another provider does not know the conversation");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task ProtectedReasoning_GoesBackOnlyToItsAuthor(Mode mode)
    {
        var small = new ScriptedClient(call => call.IsVerification ? Reply.Of("Verification Decision: Incorrect") : Reply.Of(new TextReasoningContent("hm") { ProtectedData = "sealed-by-small" }, new TextContent("maybe")));
        var large = new ScriptedClient(_ => Reply.Of(new TextReasoningContent("aha") { ProtectedData = "sealed-by-large" }, new TextContent("surely")));
        IChatClient client = Mix.Of(small, large);
        ChatResponse first = await client.AskAsync(mode, "first");
        List<ChatMessage> history = [new(ChatRole.User, "first"), .. first.Messages, new(ChatRole.User, "second")];
        ChatMessage own = history[1];

        await client.AskAsync(mode, history);

        string[] Sealed(Call call) => [.. call.Messages.SelectMany(m => m.Contents).OfType<TextReasoningContent>().Select(r => r.ProtectedData).OfType<string>()];
        Sealed(small.Answers.Last()).Should().BeEmpty();
        Sealed(large.Answers.Last()).Should().Equal("sealed-by-large");
        small.Answers.Last().Messages.SelectMany(m => m.Contents).OfType<TextReasoningContent>().Single().Text.Should().Be("aha");
        own.Contents.OfType<TextReasoningContent>().Single().ProtectedData.Should().Be("sealed-by-large", "the caller's history is not changed");
    }

    [Fact]
    public async Task RawRepresentation_GoesBackOnlyToItsAuthor()
    {
        object rawMessage = new(), rawContent = new();
        var small = new ScriptedClient(call => call.IsVerification ? Reply.Of("Verification Decision: Incorrect") : Reply.Of("maybe"));
        var large = new ScriptedClient(_ => Reply.Of(new TextContent("surely") { RawRepresentation = rawContent }));
        IChatClient client = Mix.Of(small, new RawMessages(large, rawMessage));
        ChatResponse first = await client.GetResponseAsync("first");
        List<ChatMessage> history = [new(ChatRole.User, "first"), .. first.Messages, new(ChatRole.User, "second")];

        await client.GetResponseAsync(history);

        ChatMessage ofSmall = small.Answers.Last().Messages[1];
        ChatMessage ofLarge = large.Answers.Last().Messages[1];
        ofSmall.Text.Should().Be("surely");
        ofSmall.RawRepresentation.Should().BeNull();
        ofSmall.Contents.Should().OnlyContain(c => c.RawRepresentation == null);
        ofLarge.RawRepresentation.Should().BeSameAs(rawMessage);
        ofLarge.Contents.Single().RawRepresentation.Should().BeSameAs(rawContent);
        history[1].Contents.Single().RawRepresentation.Should().BeSameAs(rawContent, "the caller's history is not changed");
    }

    private sealed class RawMessages(IChatClient inner, object raw) : DelegatingChatClient(inner)
    {
        public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken);
            response.Messages[0].RawRepresentation = raw;
            return response;
        }
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task CallersObjects_AreNeverChanged(Mode mode)
    {
        var tool = AIFunctionFactory.Create(() => 1, "one");
        var options = new ChatOptions
        {
            ModelId = "callers-model",
            Temperature = 0.3f,
            MaxOutputTokens = 50,
            Tools = [tool],
            StopSequences = ["x"],
            AdditionalProperties = new() { ["k"] = "v" },
        };
        ChatMessage[] messages = [new(ChatRole.System, "be brief"), new(ChatRole.User, "?")];
        ChatMessage[] copy = [.. messages];
        var small = new ScriptedClient(call =>
        {
            if (!call.IsVerification)
            {
                call.Options!.Temperature = 2;
                call.Options.Tools!.Clear();
                call.Options.AdditionalProperties!["k"] = "changed";
            }

            return Reply.Of(call.IsVerification ? "Verification Decision: Incorrect" : "small");
        });
        ScriptedClient large = Answering("large");
        await Mix.Of(small, large).AskAsync(mode, messages, options);

        options.Temperature.Should().Be(0.3f);
        options.ModelId.Should().Be("callers-model");
        options.Tools.Should().ContainSingle().Which.Should().BeSameAs(tool);
        options.AdditionalProperties.Should().HaveCount(1).And.Contain("k", "v");
        messages.Should().Equal(copy);
        large.Calls.Single().Options!.Temperature.Should().Be(0.3f);
        large.Calls.Single().Options!.Tools.Should().ContainSingle();
        large.Calls.Single().Options!.AdditionalProperties!["k"].Should().Be("v");
        large.Calls.Single().Options!.ModelId.Should().BeNull("a model id can only be meant for one of the models");
    }

    [Fact]
    public async Task ModelId_OfTheProfile_IsAskedFor()
    {
        ScriptedClient shared = Mix.Model("same client", vote: false);
        IChatClient client = new ChatClientBuilder(shared).UseAutoMix(mix => mix
            .FirstModel("small", profile: p => p with { ModelId = "gpt-small" }).AddModel("large", shared, profile: p => p with { ModelId = "gpt-large" })).Build();
        await client.GetResponseAsync("?", new ChatOptions());

        shared.Answers.Select(c => c.Options!.ModelId).Should().Equal("gpt-small", "gpt-large");
        shared.Verifications.Should().OnlyContain(c => c.Options!.ModelId == "gpt-small");
    }

    [Fact]
    public async Task ResponseObjectOfTheClient_IsNeverChanged()
    {
        var shared = new ChatResponse(new ChatMessage(ChatRole.Assistant, "a")) { FinishReason = ChatFinishReason.Stop };
        var stub = new SharedResponse(shared);
        IChatClient client = new ChatClientBuilder(stub).UseAutoMix(mix => mix.WithoutVerification()).Build();
        ChatResponse response = await client.GetResponseAsync("?");

        response.GetRoutingRecord().Should().NotBeNull();
        shared.AdditionalProperties.Should().BeNull();
        shared.Usage.Should().BeNull();
    }

    private sealed class SharedResponse(ChatResponse response) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(response);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
