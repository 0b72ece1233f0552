using AutoMix.LogProbabilities;
using AutoMix.Replay;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace AutoMix;

public sealed class AnswerProbabilityVerifierTests(ReplayFixture fixture) : IClassFixture<ReplayFixture>
{
    [Theory]
    [InlineData("small", false, 0.8)]
    [InlineData("small", true, 0.8)]
    [InlineData("large", false, 1.0)]
    public async Task VerifyAsync_AnswerOverHttp_IsTheRecordedConfidence(string model, bool streaming, double confidence)
    {
        IChatClient client = ReplayChatClient.Create(fixture.Server.Endpoint, model).AsBuilder().UseLogProbabilities().Build();
        ChatResponse answer = streaming
            ? await client.GetStreamingResponseAsync(Calls.Messages(1), Calls.Options(1)).ToChatResponseAsync()
            : await client.GetResponseAsync(Calls.Messages(1), Calls.Options(1));

        Verdict verdict = await VerifyAsync(answer);

        verdict.Confidence.Should().BeApproximately(confidence, 2e-8);
    }

    [Fact]
    public async Task VerifyAsync_NoLogProbabilities_IsUnknown()
    {
        ChatResponse answer = await ReplayChatClient.Create(fixture.Server.Endpoint, "small").GetResponseAsync(Calls.Messages(1), Calls.Options(1));

        Verdict verdict = await VerifyAsync(answer);

        verdict.Kind.Should().Be(VerdictKind.Unknown);
        verdict.Reason.Should().Contain("log-probabilities");
    }

    [Fact]
    public async Task VerifyAsync_NumberMissing_IsUnknownAndNotCertain()
    {
        // The SDK hands out 0 where the server sent no number.
        ChatResponse answer = Answer(("B", 0f, []));

        (await VerifyAsync(answer)).Kind.Should().Be(VerdictKind.Unknown);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(0.5f)]
    [InlineData(float.PositiveInfinity)]
    public async Task VerifyAsync_NoLogarithmOfAProbability_IsUnknown(float logProbability) =>
        (await VerifyAsync(Answer(("B", logProbability, [])))).Kind.Should().Be(VerdictKind.Unknown);

    [Theory]
    [InlineData(TokenAggregation.FirstToken, 0.5)]
    [InlineData(TokenAggregation.LengthNormalized, 0.5)]
    [InlineData(TokenAggregation.Mean, 0.583333333)]
    [InlineData(TokenAggregation.Minimum, 0.25)]
    public async Task VerifyAsync_SeveralTokens_AggregatesAsAsked(TokenAggregation aggregation, double confidence)
    {
        ChatResponse answer = Answer(("Mer", MathF.Log(0.5f), []), ("cu", MathF.Log(0.25f), []), ("ry", 0f, ["ry"]));

        Verdict verdict = await new AnswerProbabilityVerifier(aggregation).VerifyAsync(new([], null, answer, "m"), default);

        verdict.Confidence.Should().BeApproximately(confidence, 1e-8);
    }

    private static async Task<Verdict> VerifyAsync(ChatResponse answer) =>
        await new AnswerProbabilityVerifier().VerifyAsync(new(Calls.Messages(1), null, answer, "m"), default);

    private static ChatResponse Answer(params (string Token, float LogProbability, string[] Certain)[] tokens) =>
        OpenAIChatModelFactory.ChatCompletion(
            content: [ChatMessageContentPart.CreateTextPart(string.Concat(tokens.Select(token => token.Token)))],
            contentTokenLogProbabilities: tokens.Select(token => OpenAIChatModelFactory.ChatTokenLogProbabilityDetails(
                token.Token,
                token.LogProbability,
                null,
                token.Certain.Select(other => OpenAIChatModelFactory.ChatTokenTopLogProbabilityDetails(other, 0f, null)))))
        .AsChatResponse();
}
