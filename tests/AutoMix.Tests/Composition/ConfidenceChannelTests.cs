using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Composition;

/// <summary>A policy is shown confidences of the kind that it was made from, and no others.</summary>
public class ConfidenceChannelTests
{
    private static readonly IVerifier Free = Verifiers.FromDelegate((_, _) => new(0.9), "free");
    private static readonly IVerifier Freer = Verifiers.FromDelegate((_, _) => new(0.7), "freer");
    private static readonly IVerifier Paid = Verifiers.FromDelegate((_, _) => new(0.2), "paid", isFree: false);
    private static readonly IVerifier Other = Verifiers.FromDelegate((_, _) => new(0.4), "other", isFree: false);

    public static TheoryData<string, VerificationKind?, string?, double[]> Channels => new()
    {
        { "made from paid confidences, it does not take a free one for a paid one", VerificationKind.Paid, null, [double.NaN, 0.2] },
        { "made from free confidences, it sees the lowest with the answer and pays for none", VerificationKind.Free, null, [0.7] },
        { "made from none, it sees none", VerificationKind.None, null, [double.NaN] },
        { "a policy that does not say sees what is paid for, where there is such", null, null, [double.NaN, 0.2] },
        { "a free verifier by name", null, "free", [0.9] },
        { "a free verifier by name, whatever the policy was made from", VerificationKind.Paid, "free", [0.9] },
        { "the second paid verifier by name runs first", VerificationKind.Paid, "other", [double.NaN, 0.4] },
        { "a paid verifier by name, whatever the policy was made from", VerificationKind.Free, "other", [double.NaN, 0.4] },
    };

    [Theory, MemberData(nameof(Channels))]
    public async Task ConfidencesOfBothKinds_ThePolicySeesItsOwn(string because, VerificationKind? kind, string? from, double[] expected)
    {
        var policy = new Verifying(kind);
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), m =>
        {
            m.VerifyWith(Free).VerifyWith(Freer).VerifyWith(Paid).VerifyWith(Other).RouteWith(policy);
            m.Options.ConfidenceFrom = from;
        });

        ChatResponse response = await client.GetResponseAsync("?");

        // The last decision accepts; belief and record look at the same history again.
        policy.Seen.Take(expected.Length).Should().Equal(expected, because);
        response.Record().Attempts[0].Verdicts.Count(v => !v.IsFree).Should().Be(expected.Length - 1, because);
    }

    [Theory]
    [InlineData(VerificationKind.Paid, "paid verifier")]
    [InlineData(VerificationKind.Free, "free verifier")]
    public void VerifierOfTheKind_Missing_IsAConfigurationErrorThatNamesTheRemedy(VerificationKind kind, string missing) =>
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.VerifyWith(kind == VerificationKind.Paid ? Free : Paid).RouteWith(new Verifying(kind))))
            .Should().Throw<AutoMixConfigurationException>().WithMessage($"*'verifying'*{missing}*ConfidenceFrom*");

    [Fact]
    public void WithoutVerification_APolicyMadeFromPaidConfidences_IsBuilt() =>
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.VerifyWith(Free).WithoutVerification().RouteWith(new Verifying(VerificationKind.Paid)))).Should().NotThrow();

    [Fact]
    public void ConfidenceFrom_NoSuchVerifierOrNoPolicyOverNumbers_IsAConfigurationError()
    {
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.VerifyWith(Free).RouteWith(new Verifying(null)).Configure(o => o.ConfidenceFrom = "fre")))
            .Should().Throw<AutoMixConfigurationException>().WithMessage("*'fre'*free*");
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.VerifyWith(Paid).WithoutVerification().RouteWith(new Verifying(null)).Configure(o => o.ConfidenceFrom = "paid")))
            .Should().Throw<AutoMixConfigurationException>().WithMessage("*that run*");
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.VerifyWith(Free).Configure(o => o.ConfidenceFrom = "free")))
            .Should().Throw<AutoMixConfigurationException>().WithMessage("*Plan*");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task IsCalibrated_OfAPolicyOverNumbers_IsWhatItSays(bool calibrated)
    {
        IChatClient client = Mix.Of(Answering("a"), Answering("b"), m => m.VerifyWith(Free).RouteWith(new Verifying(null) { IsCalibrated = calibrated }));

        (await client.GetResponseAsync("?")).Record().IsCalibrated.Should().Be(calibrated);
    }

    // Asks the first model, verifies while it can, and accepts.
    private sealed class Verifying(VerificationKind? kind) : ICascadePolicy
    {
        public List<double> Seen { get; } = [];

        public string Name => "verifying";

        public IReadOnlyList<string> Models { get; } = ["small", "large"];

        public bool IsCalibrated { get; init; } = true;

        public VerificationKind? Verification(int model) => kind;

        public CascadeAction Decide(CascadeHistory history)
        {
            if (!history.IsCalled(0))
            {
                return CascadeAction.Call(0);
            }

            Seen.Add(history.Confidence(0));
            return history.CanVerify(0) ? CascadeAction.Verify(0) : CascadeAction.Accept(0);
        }
    }
}
