using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Routing;

/// <summary>A policy over numbers whose models are in another order than the pipeline's.</summary>
public class CascadeRoutingTests
{
    private const int Large = 0;
    private const int Small = 1;

    private sealed class Numbers(Func<CascadeHistory, CascadeAction> decide) : ICascadePolicy
    {
        public string Name => "numbers";

        public IReadOnlyList<string> Models { get; init; } = ["large", "small"];

        public double[]? Belief { get; init; }

        public double[]? Edges { get; init; }

        public VerificationKind? Verification(int model) => Edges is null ? null : VerificationKind.Paid;

        public IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => Edges;

        public CascadeAction Decide(CascadeHistory history) => decide(history);

        public bool TryGetBelief(CascadeHistory history, Span<double> correctness)
        {
            Belief?.CopyTo(correctness);
            return Belief is not null;
        }
    }

    private static CascadeAction Both(CascadeHistory history) =>
        !history.IsCalled(Small) ? CascadeAction.Call(Small) : !history.IsCalled(Large) && !history.IsExcluded(Large) ? CascadeAction.Call(Large) : CascadeAction.Accept(Small);

    [Fact]
    public async Task Beliefs_OfAPolicyThatHoldsNone_AreNull()
    {
        IChatClient client = Mix.Of(Mix.Model("small"), Mix.Model("large"), mix => mix.RouteWith((state, _) => new(state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Accept(state.Attempts[0]))));

        (await client.GetResponseAsync("?")).GetRoutingRecord()!.Beliefs.Should().BeNull();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Beliefs_AreInTheOrderOfThePipelinesModels(bool holds)
    {
        var policy = new Numbers(Both) { Belief = holds ? [0.9, 0.2] : null };
        RoutingRecord record = (await Mix.Of(Answering("a"), Answering("b"), m => m.RouteWith(policy).WithoutVerification()).AskAsync(Mode.Whole, "?")).Record();
        if (holds)
        {
            record.Beliefs.Should().Equal(0.2, 0.9);
        }
        else
        {
            record.Beliefs.Should().BeNull();
        }
    }

    [Theory]
    [InlineData("Paris", 0, 0)]
    [InlineData("Rome", 0, 1)]
    public async Task Agreement_IsSeenByThePolicysOwnIndices(string large, int groupOfSmall, int groupOfLarge)
    {
        (int Small, int Large) seen = default;
        var policy = new Numbers(history =>
        {
            seen = (history.Group(Small), history.Group(Large));
            return Both(history);
        });
        await Mix.Of(Answering("Paris"), Answering(large), m => m.RouteWith(policy).WithoutVerification()).AskAsync(Mode.Whole, "?");
        seen.Should().Be((groupOfSmall, groupOfLarge));
    }

    [Fact]
    public async Task ModelThatFails_IsExcludedUnderThePolicysOwnIndex()
    {
        bool excluded = false;
        var policy = new Numbers(history =>
        {
            excluded = history.IsExcluded(Large);
            history.IsExcluded(Small).Should().BeFalse();
            return Both(history);
        });
        RoutingRecord record = (await Mix.Of(Answering("small"), Failing(() => new HttpRequestException("down")), m => m.RouteWith(policy).WithoutVerification()).AskAsync(Mode.Whole, "?")).Record();
        excluded.Should().BeTrue();
        record.Model.Should().Be("small");
        record.Outcome.Should().Be(RoutingOutcome.Accepted);
    }

    [Fact]
    public async Task Abstaining_SaysThatThePolicyVouchesForNothing()
    {
        var policy = new Numbers(history => history.IsCalled(Small) ? CascadeAction.Abstain : CascadeAction.Call(Small));
        (await Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith(policy).WithoutVerification()).AskAsync(Mode.Whole, "?"))
            .Record().Reason.Should().Be("the policy vouches for no answer");
    }

    [Fact]
    public async Task ToolCall_IsAcceptedWithoutAskingThePolicyAgain()
    {
        AIFunction weather = AIFunctionFactory.Create(() => "rain", "weather");
        var policy = new Numbers(history => history.IsCalled(Small) ? throw new InvalidOperationException("asked again") : CascadeAction.Call(Small));
        RoutingRecord record = (await Mix.Of(new ScriptedClient(_ => Reply.Of(new FunctionCallContent("1", "weather"))), Answering("large"), m => m.RouteWith(policy).WithoutVerification())
            .AskAsync(Mode.Whole, "?", new() { Tools = [weather] })).Record();
        record.Outcome.Should().Be(RoutingOutcome.Accepted);
        record.Reason.Should().Be("a tool call is not verified");
    }

    [Theory]
    [InlineData("small", "large", "huge")]
    [InlineData("small", "big")]
    [InlineData("little", "large")]
    [InlineData("small")]
    public void PolicyOfOtherModels_IsAConfigurationErrorThatNamesBoth(params string[] models)
    {
        var policy = new Numbers(_ => CascadeAction.Abstain) { Models = models };
        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.RouteWith(policy).WithoutVerification()))
            .Should().Throw<AutoMixConfigurationException>().WithMessage($"*[{string.Join(", ", models)}]*[small, large]*");
    }

    [Fact]
    public async Task ConfidenceEdges_OnBothSidesOfWhichTheRequestEndsAlike_AreLeftOut()
    {
        // Below .4 and from .4 to .6 the large model's answer is taken whatever it is; from .6 on the small one's.
        IReadOnlyList<double>? edges = null;
        var shown = new List<double>();
        var policy = new Numbers(history =>
        {
            if (history.IsCalled(Small) && !history.IsCalled(Large) && !history.CanVerify(Small))
            {
                shown.Add(history.Confidence(Small));
            }

            return !history.IsCalled(Small) ? CascadeAction.Call(Small)
                : history.CanVerify(Small) ? CascadeAction.Verify(Small)
                : history.Confidence(Small) >= 0.6 ? CascadeAction.Accept(Small)
                : history.IsCalled(Large) ? CascadeAction.Accept(Large)
                : CascadeAction.Call(Large, final: true);
        })
        { Edges = [0.4, 0.6, 0.8] };

        await Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith(policy).VerifyWith(
            (answer, _) =>
            {
                edges = answer.ConfidenceEdges;
                return new(0.9);
            },
            "paid",
            isFree: false)).AskAsync(Mode.Whole, "?");

        edges.Should().Equal(0.6);
        shown[..4].Select(c => Math.Round(c, 9)).Should().Equal(0.2, 0.5, 0.7, 0.9);
    }

    [Fact]
    public async Task ConfidenceEdges_WhereTheRequestGoesOn_AreAllKept()
    {
        // The large model's answer is only asked for, not promised: what its confidence is may still matter.
        IReadOnlyList<double>? edges = null;
        var policy = new Numbers(history =>
            !history.IsCalled(Small) ? CascadeAction.Call(Small)
            : history.CanVerify(Small) ? CascadeAction.Verify(Small)
            : history.IsCalled(Large) ? CascadeAction.Accept(Large)
            : CascadeAction.Call(Large))
        { Edges = [0.4, 0.6] };

        await Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith(policy).VerifyWith(
            (answer, _) =>
            {
                edges ??= answer.ConfidenceEdges;
                return new(0.5);
            },
            "paid",
            isFree: false)).AskAsync(Mode.Whole, "?");

        edges.Should().Equal(0.4, 0.6);
    }
}
