using AutoMix.Policies;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Settings;

/// <summary>What would answer differently has another key in a cache above.</summary>
public class FingerprintTests
{
    private static string Of(Action<AutoMixBuilder> configure)
    {
        AutoMixBuilder mix = new AutoMixBuilder().AddModel("small", Answering("a")).AddModel("large", Answering("b"));
        configure(mix);
        using AutoMixChatClient client = mix.Build();
        return client.Fingerprint;
    }

    public static TheoryData<string, IVerifier, IVerifier> Pairs => new()
    {
        { "votes", Verifiers.SelfVerification(4), Verifiers.SelfVerification(5) },
        { "template", Verifiers.SelfVerification(), Verifiers.SelfVerification(configure: o => o.Template = o.Template with { Cue = "Go:" }) },
        { "words", Verifiers.SelfVerification(), Verifiers.SelfVerification(configure: o => o.Template = o.Template with { Wording = o.Template.Wording with { Fillers = [] } }) },
        { "voter", Verifiers.SelfVerification(), Verifiers.SelfVerification(configure: o => o.Model = "large") },
        { "rubric", Verifiers.Judge("large"), Verifiers.Judge("large", o => o.Rubric = "Short.") },
        { "judge", Verifiers.Judge("large"), Verifiers.Judge("small") },
        { "samples", Verifiers.SelfConsistency(3), Verifiers.SelfConsistency(4) },
        { "equivalence", Verifiers.SelfConsistency(3, o => o.Equivalence = AnswerEquivalence.Numeric(0.1)), Verifiers.SelfConsistency(3, o => o.Equivalence = AnswerEquivalence.Numeric(0.2)) },
        { "pattern", Verifiers.Matches("a"), Verifiers.Matches("b") },
        { "length", Verifiers.Length(1, 5), Verifiers.Length(1, 6) },
        { "phrases", Verifiers.NoRefusal(["no"]), Verifiers.NoRefusal(["never"]) },
        { "grounding", Verifiers.Grounding(), Verifiers.Grounding(o => o.RejectBelow = 0.4) },
        { "weights", Verifiers.Weighted((Verifiers.Length(), 1), (Verifiers.Grounding(), 1)), Verifiers.Weighted((Verifiers.Length(), 1), (Verifiers.Grounding(), 2)) },
        { "inner", Verifiers.All(Verifiers.Length(1, 5)), Verifiers.All(Verifiers.Length(1, 6)) },
        { "watched", Verifiers.Watched(Verifiers.Length(1, 5)), Verifiers.Watched(Verifiers.Length(1, 6)) },
        { "calibrated", Verifiers.Length(1, 5), Verifiers.Calibrated(Verifiers.Length(1, 5), _ => null) },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void VerifierWithOtherSettings_ChangesIt(string what, IVerifier one, IVerifier other) =>
        Of(m => m.VerifyWith(one)).Should().NotBe(Of(m => m.VerifyWith(other)), what);

    [Theory, MemberData(nameof(Pairs))]
    public void SameVerifierBuiltAgain_DoesNotChangeIt(string what, IVerifier one, IVerifier other)
    {
        Of(m => m.VerifyWith(one)).Should().Be(Of(m => m.VerifyWith(one)), what);
        Of(m => m.VerifyWith(other)).Should().Be(Of(m => m.VerifyWith(other)), what);
    }

    [Fact]
    public void PolicyWithOtherNumbers_ChangesIt()
    {
        string[] models = ["small", "large"];
        var low = new ThresholdPolicy(models, [0.4, 0]);
        var high = new ThresholdPolicy(models, [0.6, 0]);
        string[] prints =
        [
            Of(m => m.RouteWith(low)),
            Of(m => m.RouteWith(high)),
            Of(m => m.RouteWith(new MixturePolicy(low, high, 0.5, 1))),
            Of(m => m.RouteWith(new MixturePolicy(low, high, 0.6, 1))),
        ];

        prints.Should().OnlyHaveUniqueItems();
        Of(m => m.RouteWith(new ThresholdPolicy(models, [0.4, 0]))).Should().Be(prints[0]);
    }

    [Fact]
    public void SettingThatChangesAnswers_ChangesIt()
    {
        string[] prints =
        [
            Of(_ => { }),
            Of(m => m.WithoutVerification()),
            Of(m => m.Configure(o => o.StickyToolLoop = true)),
            Of(m => m.Configure(o => o.HedgeAfter = TimeSpan.FromSeconds(1))),
            Of(m => m.Configure(o => o.Failures[FailureKind.Empty] = FailureReaction.Stop)),
            Of(m => m.Configure(o => o.AcceptThreshold = 0.5)),
        ];

        prints.Should().OnlyHaveUniqueItems();
    }
}
