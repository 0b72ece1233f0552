using System.Reflection;
using Microsoft.Extensions.AI;

namespace AutoMix.Tests.Settings;

/// <summary>For each setting of a verifier a test of its visible effect. The first test fails for a setting that has none.</summary>
public sealed class VerifierOptionTests
{
    [Theory]
    [InlineData(typeof(GroundingOptions))]
    [InlineData(typeof(ConsistencyOptions))]
    [InlineData(typeof(JudgeOptions))]
    public void EverySetting_HasATestOfItsEffect(Type settings)
    {
        string[] tests = [.. typeof(VerifierOptionTests).GetMethods().Select(m => m.Name)];

        settings.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(p => p.Name)
            .Where(name => !tests.Any(t => t.StartsWith($"{settings.Name}_{name}_", StringComparison.Ordinal)))
            .Should().BeEmpty();
    }

    // ---- GroundingOptions

    private static Task<Verdict> GroundAsync(string answer, Action<GroundingOptions> set) =>
        Verifiers.Grounding(set).OfAsync(Asked.Context(answer, messages: [new(ChatRole.System, "the pump ran from May to July"), new(ChatRole.User, "When?")]));

    [Theory, InlineData(1, VerdictKind.Passed), InlineData(2, VerdictKind.Rejected)]
    public async Task GroundingOptions_Words_IsTheLengthOfThePieces(int words, VerdictKind expected) =>
        (await GroundAsync("July May pump", o => o.Words = words)).Kind.Should().Be(expected, "the words are there, their order is not");

    [Theory, InlineData(0.4, VerdictKind.Passed), InlineData(0.6, VerdictKind.Rejected)]
    public async Task GroundingOptions_RejectBelow_IsTheShareThatMustBeThere(double share, VerdictKind expected) =>
        (await GroundAsync("May to August", o => o.RejectBelow = share)).Kind.Should().Be(expected);

    [Theory, InlineData(true, VerdictKind.Rejected), InlineData(false, VerdictKind.Passed)]
    public async Task GroundingOptions_CheckQuotations_LooksForThemWordForWord(bool check, VerdictKind expected) =>
        (await GroundAsync("It says \"the pump ran in June\", from May to July.", o => o.CheckQuotations = check)).Kind.Should().Be(expected);

    [Theory, InlineData(true, VerdictKind.Confidence), InlineData(false, VerdictKind.Passed)]
    public async Task GroundingOptions_AsConfidence_SaysTheShare(bool asConfidence, VerdictKind expected) =>
        (await GroundAsync("from May to July", o => o.AsConfidence = asConfidence)).Kind.Should().Be(expected);

    [Fact]
    public async Task GroundingOptions_Context_ReplacesTheMessages() =>
        (await GroundAsync("from May to July", o => o.Context = _ => "the pump stood still all year")).Kind.Should().Be(VerdictKind.Rejected);

    // ---- ConsistencyOptions

    private static async Task<(Verdict Verdict, List<ChatOptions> Calls)> AgreeAsync(Action<ConsistencyOptions> set, double? threshold = null, params string[] further)
    {
        var calls = new List<ChatOptions>();
        VerificationContext context = Asked.Context("eight", (_, options) =>
        {
            calls.Add(options!);
            return further.Length == 0 ? "eight" : further[(calls.Count - 1) % further.Length];
        }, threshold: threshold);
        return (await Verifiers.SelfConsistency(configure: set).OfAsync(context), calls);
    }

    [Theory, InlineData(3), InlineData(7)]
    public async Task ConsistencyOptions_Samples_IsTheNumberOfFurtherAnswers(int samples) =>
        (await AgreeAsync(o => o.Samples = samples)).Calls.Should().HaveCount(samples);

    [Theory, InlineData(null, 4), InlineData(8, 8), InlineData(16, 16)]
    public async Task ConsistencyOptions_BatchSize_IsHowManyAreAskedBeforeTheStopTest(int? batch, int asked) =>
        (await AgreeAsync(o => (o.Samples, o.BatchSize) = (16, batch), 0.75, "ten", "six", "two")).Calls.Should().HaveCount(asked);

    [Fact]
    public async Task ConsistencyOptions_StopRisk_SavesAnswersThatCouldStillMatter()
    {
        int Asked(double risk) => AgreeAsync(o => (o.Samples, o.StopRisk) = (16, risk), 0.75, "ten").GetAwaiter().GetResult().Calls.Count;

        Asked(0.02).Should().BeLessThan(Asked(0), "after four that differ the rest could still agree, but hardly will");
        await Task.CompletedTask;
    }

    [Theory, InlineData(true, 1.0), InlineData(false, 0.0)]
    public async Task ConsistencyOptions_Equivalence_DecidesWhatMeansTheSame(bool lenient, double confidence) =>
        (await AgreeAsync(o => o.Equivalence = lenient ? AnswerEquivalence.FromDelegate((_, _) => true) : AnswerEquivalence.Exact, null, "Eight legs")).Verdict.Confidence.Should().Be(confidence);

    [Theory, InlineData(ConsistencyScore.Share, 0.0), InlineData(ConsistencyScore.SemanticEntropy, 0.5)]
    public async Task ConsistencyOptions_Score_DecidesWhatIsMeasured(ConsistencyScore score, double confidence) =>
        (await AgreeAsync(o => (o.Samples, o.Score) = (3, score), null, "ten", "ten", "two")).Verdict.Confidence.Should().BeApproximately(score == ConsistencyScore.Share ? confidence : 1 - (1.5 * Math.Log(2) / Math.Log(4)), 1e-12);

    [Theory, InlineData(null), InlineData(0.3f)]
    public async Task ConsistencyOptions_Temperature_IsSent(float? temperature) =>
        (await AgreeAsync(o => o.Temperature = temperature)).Calls.Should().OnlyContain(c => c.Temperature == temperature);

    [Fact]
    public async Task ConsistencyOptions_Seed_CountsUp() =>
        (await AgreeAsync(o => (o.Samples, o.Seed) = (3, 7))).Calls.Select(c => c.Seed).Should().Equal(7, 8, 9);

    // ---- JudgeOptions

    private static async Task<(Verdict Verdict, List<(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> Calls)> JudgeAsync(Action<JudgeOptions> set, string reply, params ChatMessage[] messages)
    {
        var calls = new List<(IReadOnlyList<ChatMessage>, ChatOptions)>();
        VerificationContext context = Asked.Context("Eight.", (sent, options) =>
        {
            calls.Add((sent, options!));
            return options!.ModelId == "other" ? "Six." : reply;
        }, messages: messages);
        return (await Verifiers.Judge("judge", set).OfAsync(context), calls);
    }

    [Fact]
    public async Task JudgeOptions_Rubric_IsShown() =>
        (await JudgeAsync(o => o.Rubric = "Count the legs.", "Grade: 5")).Calls.Single().Messages[0].Text.Should().Contain("Count the legs.");

    [Theory, InlineData(10, 4.0 / 9), InlineData(5, 1.0)]
    public async Task JudgeOptions_HighestGrade_IsTheScale(int highest, double confidence) =>
        (await JudgeAsync(o => o.HighestGrade = highest, "Grade: 5")).Verdict.Confidence.Should().BeApproximately(confidence, 1e-12);

    [Fact]
    public async Task JudgeOptions_CompareWith_AsksThatModelAndComparesTheTwo()
    {
        (Verdict verdict, var calls) = await JudgeAsync(o => o.CompareWith = "other", "Better: Equal");

        calls.Select(c => c.Options.ModelId).Should().Equal("other", "judge", "judge");
        verdict.Confidence.Should().Be(0.5);
    }

    [Theory, InlineData(true, 0.5, 2), InlineData(false, 1.0, 1)]
    public async Task JudgeOptions_SwapPositions_AsksInBothOrders(bool swap, double confidence, int judgements)
    {
        (Verdict verdict, var calls) = await JudgeAsync(o => (o.CompareWith, o.SwapPositions) = ("other", swap), "Better: Second");

        verdict.Confidence.Should().Be(confidence);
        calls.Count(c => c.Options.ModelId == "judge").Should().Be(judgements);
    }

    [Fact]
    public async Task JudgeOptions_MaxOutputTokens_AreSent() =>
        (await JudgeAsync(o => o.MaxOutputTokens = 77, "Grade: 5")).Calls.Single().Options.MaxOutputTokens.Should().Be(77);

    [Fact]
    public async Task JudgeOptions_MaxContextCharacters_BoundTheContext()
    {
        string shown = (await JudgeAsync(o => o.MaxContextCharacters = 10, "Grade: 5", new(ChatRole.System, "forgotten, but the end is kept"), new(ChatRole.User, "?"))).Calls.Single().Messages[1].Text;

        shown.Should().Contain("is kept").And.NotContain("forgotten");
    }
}
