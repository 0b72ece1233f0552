using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests;

public sealed class AgreementTests
{
    public static TheoryData<string, string, string, bool?> Pairs => new()
    {
        { "exact", "Eight", " Eight\n", true },
        { "exact", "Eight", "eight", false },
        { "normalized", "The Eight.", "eight", true },
        { "normalized", "eight", "ten", false },
        { "numeric", "It has 8 legs", "8.0", true },
        { "numeric", "1,250 in all", "about 1250", true },
        { "numeric", "8", "9", false },
        { "numeric", "-8", "8", false },
        { "numeric", "eight", "8", null },
        { "choice", "B", "(b) eight", true },
        { "choice", "The answer is C.", "C: ten", true },
        { "choice", "A", "B", false },
        { "choice", "eight", "B", null },
        { "choice", "Because of rain", "B", null },
        { "json", """{"a":1,"b":[2]}""", """{ "b": [2], "a": 1 }""", true },
        { "json", """{"a":1}""", """{"a":2}""", false },
        { "json", "a", """{"a":2}""", null },
        { "embedding", "north", "north", true },
        { "embedding", "north", "east", false },
        { "own", "x", "y", true },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task AreEquivalent_TwoAnswers_IsToldOrNull(string how, string first, string second, bool? expected)
    {
        IAnswerEquivalence equivalence = how switch
        {
            "exact" => AnswerEquivalence.Exact,
            "numeric" => AnswerEquivalence.Numeric(),
            "choice" => AnswerEquivalence.MultipleChoice,
            "json" => AnswerEquivalence.Json,
            "embedding" => AnswerEquivalence.Embedding(new Compass(), 0.9),
            "own" => AnswerEquivalence.FromDelegate((_, _) => true),
            _ => AnswerEquivalence.Normalized,
        };

        (await equivalence.AreEquivalentAsync(first, second, Asked.Context(first), default)).Should().Be(expected);
    }

    [Fact]
    public async Task JudgedEquivalence_AsksTheModelAndReadsItsVerdict()
    {
        string? asked = null;
        VerificationContext context = Asked.Context("8", (messages, options) =>
        {
            asked = options!.ModelId + messages[^1].Text;
            return "They mean the same.\nVerification Decision: Correct";
        });

        (await AnswerEquivalence.Judge("referee").AreEquivalentAsync("eight legs", "8", context, default)).Should().BeTrue();
        asked.Should().StartWith("referee").And.Contain("eight legs").And.Contain("How many legs has a spider?");
    }

    [Fact]
    public async Task SelfConsistency_ShareOfFurtherAnswers_IsTheConfidence()
    {
        int asked = 0;
        Verdict verdict = await Verifiers.SelfConsistency(4).OfAsync(Asked.Context("Eight.", (_, _) => ++asked % 4 == 0 ? "ten" : "eight"));

        verdict.Confidence.Should().Be(0.75);
        asked.Should().Be(4);
    }

    [Fact]
    public async Task SelfConsistency_ThatIsDecided_SavesTheRest()
    {
        int asked = 0;
        Verdict verdict = await Verifiers.SelfConsistency(16).OfAsync(Asked.Context("Eight.", (_, _) => $"{++asked}", threshold: 0.75));

        verdict.Confidence.Should().Be(0);
        asked.Should().Be(4);
    }

    [Fact]
    public async Task SelfConsistency_NothingComparable_IsUnknown()
    {
        (await Verifiers.SelfConsistency(4, o => o.Equivalence = AnswerEquivalence.Numeric()).OfAsync(Asked.Context("eight", (_, _) => "8"))).Kind.Should().Be(VerdictKind.Unknown);
        (await Verifiers.SelfConsistency(4).OfAsync(Asked.Context(" ", (_, _) => "8"))).Kind.Should().Be(VerdictKind.Unknown);
        (await Verifiers.SelfConsistency(4).OfAsync(Asked.Context("8"))).Reason.Should().Contain("no calls here");
    }

    [Theory]
    [InlineData(new[] { "eight", "eight", "eight" }, 1.0)]
    [InlineData(new[] { "ten", "six", "two" }, 0.0)]
    [InlineData(new[] { "eight", "ten", "ten" }, 0.5)]
    public async Task SemanticEntropy_Clusters_GiveOneMinusTheirRelativeEntropy(string[] further, double confidence)
    {
        int asked = 0;
        Verdict verdict = await Verifiers.SemanticEntropy(3).OfAsync(Asked.Context("Eight.", (_, _) => further[asked++], threshold: 0.5));

        verdict.Confidence.Should().BeApproximately(confidence, 1e-12);
    }

    [Fact]
    public async Task AgreementWith_AnotherModel_AsksThatModelTheQuestion()
    {
        string? model = null;
        IReadOnlyList<ChatMessage>? sent = null;
        VerificationContext context = Asked.Context("Eight.", (messages, options) =>
        {
            (model, sent) = (options!.ModelId, messages);
            return "eight";
        });

        (await Verifiers.AgreementWith("other").OfAsync(context)).Confidence.Should().Be(1);
        model.Should().Be("other");
        sent.Should().BeSameAs(context.Messages);
    }

    [Fact]
    public async Task SelfConsistency_InThePipeline_IsMeteredAndOffersNoTools()
    {
        ScriptedClient small = new(call => Reply.Of(call.IsVerification ? $"{call.Options!.Seed}" : "six", 10, 1));
        using AutoMixChatClient client = new AutoMixBuilder(small)
            .AddModel("large", ScriptedClient.Answering("eight"))
            .VerifyWith(Verifiers.SelfConsistency(2, o => o.Seed = 5))
            .Build();

        ChatResponse response = await client.GetResponseAsync("?", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")] });

        response.Text.Should().Be("eight");
        response.GetRoutingRecord()!.Attempts[0].Verdicts[0].Should().Match<VerdictRecord>(v => v.Confidence == 0 && v.InputTokens == 10 * v.Calls && v.Calls > 0);
        small.Verifications.Should().OnlyContain(call => call.Options!.Tools == null);
    }

    private sealed class Compass : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(v => new Embedding<float>(v == "north" ? new float[] { 0, 1 } : [1, 0.1f]))));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
