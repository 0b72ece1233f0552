using System.Text.Json;
using AutoMix.Replay;
using Microsoft.Extensions.AI;

namespace AutoMix.LogProbabilities;

/// <summary>The official client over HTTP; the replay sends log-probabilities only to those who ask.</summary>
public sealed class LogProbabilityChatClientTests(ReplayFixture fixture) : IClassFixture<ReplayFixture>
{
    private ReplayChatClient Plain(string model) => ReplayChatClient.Create(fixture.Server.Endpoint, model);

    private IChatClient Asking(string model) => Plain(model).AsBuilder().UseLogProbabilities().Build();

    [Fact]
    public async Task GetResponse_NotAskedFor_HasNone()
    {
        ChatResponse response = await Plain("small").GetResponseAsync(Calls.Messages(1), Calls.Options(1));

        response.Text.Should().Be("B");
        response.GetLogProbabilities().Should().BeEmpty();
    }

    [Fact]
    public async Task GetResponse_AskedFor_ReadsTheTokenAndItsProbability()
    {
        ChatResponse response = await Asking("small").GetResponseAsync(Calls.Messages(1), Calls.Options(1));

        TokenLogProbability token = response.GetLogProbabilities().Should().ContainSingle().Subject;
        token.Token.Should().Be("B");
        Math.Exp(token.LogProbability).Should().BeApproximately(0.8, 1e-7);
    }

    [Fact]
    public async Task GetStreamingResponse_AskedFor_OutliveTheStream()
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in Asking("small").GetStreamingResponseAsync(Calls.Messages(1), Calls.Options(1)))
        {
            updates.Add(update);
        }

        ChatResponse response = updates.ToChatResponse();

        response.Text.Should().Be("B");
        response.Messages.Should().ContainSingle();
        response.Usage!.InputTokenCount.Should().Be(41);
        Math.Exp(response.GetLogProbabilities().Should().ContainSingle().Subject.LogProbability).Should().BeApproximately(0.8, 1e-7);
    }

    [Fact]
    public async Task GetResponse_ThroughACache_AreStillThere()
    {
        ChatResponse response = await Asking("small").GetResponseAsync(Calls.Messages(1), Calls.Options(1));
        string stored = JsonSerializer.Serialize(response, AIJsonUtilities.DefaultOptions);

        ChatResponse fromCache = JsonSerializer.Deserialize<ChatResponse>(stored, AIJsonUtilities.DefaultOptions)!;

        fromCache.GetLogProbabilities().Should().BeEquivalentTo(response.GetLogProbabilities(), options => options.WithStrictOrdering());
        fromCache.GetLogProbabilities().Should().NotBeEmpty();
    }

    [Fact]
    public async Task GetResponse_CallersOptions_AreNotTouched()
    {
        ChatOptions options = Calls.Options(1);

        await Asking("small").GetResponseAsync(Calls.Messages(1), options);

        options.RawRepresentationFactory.Should().BeNull();
        options.AdditionalProperties.Should().ContainSingle();
    }

    [Fact]
    public async Task GetResponse_CallerHasRawOptions_AreKept()
    {
        ChatOptions options = Calls.Options(1);
        options.RawRepresentationFactory = _ => new OpenAI.Chat.ChatCompletionOptions { EndUserId = "someone", TopLogProbabilityCount = 7 };
        ChatOptions? sent = null;
        IChatClient client = Plain("small").AsBuilder().UseLogProbabilities(alternatives: 2).ConfigureOptions(own => sent = own).Build();

        await client.GetResponseAsync(Calls.Messages(1), options);

        var raw = (OpenAI.Chat.ChatCompletionOptions)sent!.RawRepresentationFactory!(client)!;
        raw.EndUserId.Should().Be("someone");
        raw.IncludeLogProbabilities.Should().BeTrue();
        raw.TopLogProbabilityCount.Should().Be(7);
    }

    [Fact]
    public void GetLogProbabilities_PropertyHoldsSomethingElse_IsNoEvidence()
    {
        var response = new ChatResponse { AdditionalProperties = new() { [LogProbabilityExtensions.PropertyName] = JsonDocument.Parse("{}").RootElement } };

        response.GetLogProbabilities().Should().BeEmpty();
    }
}
