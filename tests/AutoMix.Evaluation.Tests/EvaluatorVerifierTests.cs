using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace AutoMix;

public sealed class EvaluatorVerifierTests
{
    [Theory]
    [InlineData(1.0, 0.0)]
    [InlineData(4.0, 0.75)]
    [InlineData(5.0, 1.0)]
    [InlineData(6.0, null)]
    [InlineData(double.NaN, null)]
    [InlineData(null, null)]
    public async Task VerifyAsync_NumericMetric_IsItsPlaceOnTheScale(double? value, double? confidence)
    {
        Verdict verdict = await VerifyAsync(new NumericMetric("Coherence", value));

        verdict.Kind.Should().Be(confidence is null ? VerdictKind.Unknown : VerdictKind.Confidence);
        verdict.Confidence.Should().Be(confidence);
    }

    [Fact]
    public async Task VerifyAsync_OwnScale_IsUsed() =>
        (await VerifyAsync(new NumericMetric("Coherence", 0.25), o => (o.Worst, o.Best) = (1, 0))).Confidence.Should().Be(0.75);

    [Theory]
    [InlineData(true, 1.0)]
    [InlineData(false, 0.0)]
    public async Task VerifyAsync_BooleanMetric_IsOneOrZero(bool value, double confidence) =>
        (await VerifyAsync(new BooleanMetric("Coherence", value))).Confidence.Should().Be(confidence);

    [Theory]
    [InlineData(EvaluationRating.Good, 0.75)]
    [InlineData(EvaluationRating.Unacceptable, 0.0)]
    [InlineData(EvaluationRating.Inconclusive, null)]
    public async Task VerifyAsync_TextMetric_IsItsInterpretation(EvaluationRating rating, double? confidence) =>
        (await VerifyAsync(new StringMetric("Coherence", "fair") { Interpretation = new(rating) })).Confidence.Should().Be(confidence);

    [Fact]
    public async Task VerifyAsync_ErrorAmongTheDiagnostics_IsUnknown()
    {
        var metric = new NumericMetric("Coherence", 5);
        metric.AddDiagnostics(EvaluationDiagnostic.Error("the judge's reply could not be read"));

        Verdict verdict = await VerifyAsync(metric);

        verdict.Kind.Should().Be(VerdictKind.Unknown);
        verdict.Reason.Should().Contain("could not be read");
    }

    [Fact]
    public async Task VerifyAsync_EvaluatorThatAsks_IsMeteredByThePipeline()
    {
        var evaluator = new Scripted(async configuration =>
        {
            ChatResponse[] replies = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => configuration!.ChatClient.GetResponseAsync("Grade it.")));
            return new NumericMetric("Coherence", double.Parse(replies[0].Text, System.Globalization.CultureInfo.InvariantCulture));
        });
        var small = new Replies("small answer", 10);
        var large = new Replies("2", 100);
        using AutoMixChatClient client = new AutoMixBuilder(small)
            .AddModel("large", large)
            .VerifyWith(new EvaluatorVerifier(evaluator, o => o.Model = "large"))
            .Build();

        ChatResponse response = await client.GetResponseAsync("?");

        VerdictRecord verdict = response.GetRoutingRecord()!.Attempts[0].Verdicts[0];
        verdict.Verifier.Should().Be("evaluator-Coherence");
        verdict.Confidence.Should().Be(0.25);
        verdict.Calls.Should().Be(2);
        response.Usage!.InputTokenCount.Should().Be(10 + 100 + 100 + 100);
    }

    [Fact]
    public async Task VerifyAsync_FreeEvaluatorWithContext_GetsItAndNoClient()
    {
        EvaluationContext? seen = null;
        var evaluator = new Scripted(configuration => Task.FromResult<EvaluationMetric>(new BooleanMetric("Coherence", configuration is null)), contexts => seen = contexts!.Single());
        var verifier = new EvaluatorVerifier(evaluator, o =>
        {
            o.IsFree = true;
            o.AdditionalContext = context => [new GroundTruth(context.Messages[0].Text)];
        });

        (await verifier.VerifyAsync(Context(), default)).Confidence.Should().Be(1);
        verifier.IsFree.Should().BeTrue();
        seen!.Contents.OfType<TextContent>().Single().Text.Should().Be("?");
    }

    [Theory, InlineData(null, 0.0), InlineData("Fluency", 1.0)]
    public async Task VerifyAsync_EvaluatorOfSeveralMetrics_ReadsTheOneThatIsNamed(string? metric, double confidence)
    {
        Verdict verdict = await new EvaluatorVerifier(new TwoMetrics(), o => o.Metric = metric).VerifyAsync(Context(), default);

        verdict.Confidence.Should().Be(confidence);
    }

    [Fact]
    public void Constructor_UnusableSetting_NamesIt()
    {
        var evaluator = new Scripted(_ => Task.FromResult<EvaluationMetric>(new NumericMetric("Coherence")));

        FluentActions.Invoking(() => new EvaluatorVerifier(evaluator, o => o.Metric = "Fluency")).Should().Throw<ArgumentException>().WithMessage("*Fluency*Coherence*");
        FluentActions.Invoking(() => new EvaluatorVerifier(evaluator, o => o.Best = 1)).Should().Throw<ArgumentException>().WithMessage("*Best*");
    }

    private static async Task<Verdict> VerifyAsync(EvaluationMetric metric, Action<EvaluatorOptions>? configure = null) =>
        await new EvaluatorVerifier(new Scripted(_ => Task.FromResult(metric)), configure).VerifyAsync(Context(), default);

    private static VerificationContext Context() =>
        new([new(ChatRole.User, "?")], null, new ChatResponse(new ChatMessage(ChatRole.Assistant, "an answer")), "small");

    private sealed class GroundTruth(string text) : EvaluationContext("truth", text);

    private sealed class Scripted(Func<ChatConfiguration?, Task<EvaluationMetric>> evaluate, Action<IEnumerable<EvaluationContext>?>? seen = null) : IEvaluator
    {
        public IReadOnlyCollection<string> EvaluationMetricNames => ["Coherence"];

        public async ValueTask<EvaluationResult> EvaluateAsync(
            IEnumerable<ChatMessage> messages,
            ChatResponse modelResponse,
            ChatConfiguration? chatConfiguration = null,
            IEnumerable<EvaluationContext>? additionalContext = null,
            CancellationToken cancellationToken = default)
        {
            seen?.Invoke(additionalContext);
            return new EvaluationResult(await evaluate(chatConfiguration));
        }
    }

    private sealed class TwoMetrics : IEvaluator
    {
        public IReadOnlyCollection<string> EvaluationMetricNames => ["Coherence", "Fluency"];

        public ValueTask<EvaluationResult> EvaluateAsync(
            IEnumerable<ChatMessage> messages,
            ChatResponse modelResponse,
            ChatConfiguration? chatConfiguration = null,
            IEnumerable<EvaluationContext>? additionalContext = null,
            CancellationToken cancellationToken = default) =>
            new(new EvaluationResult(new NumericMetric("Coherence", 1), new NumericMetric("Fluency", 5)));
    }

    private sealed class Replies(string text, long tokens) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)) { Usage = new() { InputTokenCount = tokens }, FinishReason = ChatFinishReason.Stop });

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
