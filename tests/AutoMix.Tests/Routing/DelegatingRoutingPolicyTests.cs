using System.Reflection;
using Microsoft.Extensions.AI;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Routing;

/// <summary>A decorator overrides what it changes; everything else reaches the inner policy.</summary>
public class DelegatingRoutingPolicyTests
{
    [Fact]
    public void Members_OfTheInterface_AreAllForwardedByVirtualMembers()
    {
        MethodInfo[] forwarded = typeof(DelegatingRoutingPolicy).GetInterfaceMap(typeof(IRoutingPolicy)).TargetMethods;
        forwarded.Should().OnlyContain(m => m.DeclaringType == typeof(DelegatingRoutingPolicy) && m.IsVirtual && !m.IsFinal);
    }

    [Fact]
    public async Task Decorator_ThatOverridesNothing_IsTheInnerPolicy()
    {
        var inner = new Inner();
        IRoutingPolicy plain = new Plain(inner);
        IChatClient client = Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.RouteWith(plain));
        ChatResponse response = await client.GetResponseAsync("?");

        (plain.Name, plain.IsCalibrated, plain.AcceptThreshold, plain.Fingerprint).Should().Be(("inner", true, 0.3, "inner:1"));
        RoutingRecord record = response.Record();
        (record.Policy, record.Reason, record.IsCalibrated).Should().Be(("inner", "ended", true));
        record.Beliefs.Should().Equal(0.25, 0.25);
        record.Decisions.Should().HaveCount(2).And.OnlyContain(d => d.Beliefs!.SequenceEqual(record.Beliefs!));
        inner.Ended.Should().Be(1);
        client.GetService<Inner>().Should().BeSameAs(inner);
        client.GetService<Plain>().Should().BeSameAs(plain);
        client.ReportOutcome(response, OutcomeReport.Good).Should().BeTrue();
        client.ReportOutcome("id", OutcomeReport.Bad).Should().BeTrue();
        inner.Outcomes.Should().Equal((null, 1.0), ("id", 0.0));
    }

    [Fact]
    public async Task Decorators_InOneChain_KeepTheirOwnStateOfARequest()
    {
        var outer = new Counting(new Counting(new Inner()));
        IChatClient client = Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.RouteWith(outer));

        (await client.GetResponseAsync("?")).Record().Reason.Should().Be("ended 2 2");
        (await client.GetResponseAsync("?")).Record().Reason.Should().Be("ended 2 2", "nothing is left of the request before");
    }

    [Fact]
    public async Task DecoratorOfTheDocumentation_AtMostTwoCalls_EndsWithTheBestAnswer()
    {
        ChatResponse response = await Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.RouteWith(new AtMostTwoCalls(new Restless()))).GetResponseAsync("?");

        response.Record().Attempts.Should().HaveCount(2);
        response.Record().Reason.Should().Be("two calls are enough");
    }

    [Fact]
    public async Task OnEnded_ThatThrows_LosesNoAnswer()
    {
        IChatClient client = Mix.Of(Mix.Model("small"), Answering("large"), mix => mix.RouteWith(new Failing(new Inner())));

        (await client.GetResponseAsync("?")).Text.Should().Be("small");
    }

    // As in docs/how-to/write-a-policy.md.
    private sealed class AtMostTwoCalls(IRoutingPolicy inner) : DelegatingRoutingPolicy(inner)
    {
        public override async ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken)
        {
            Calls calls = context.Get<Calls>(this) ?? context.Set(this, new Calls());
            RoutingDecision decision = await base.DecideAsync(context, cancellationToken);
            return decision.Kind == CascadeActionKind.Call && ++calls.Count > 2 && context.Best is { } best
                ? RoutingDecision.Accept(best, "two calls are enough")
                : decision;
        }

        private sealed class Calls
        {
            public int Count { get; set; }
        }
    }

    private sealed class Restless : IRoutingPolicy
    {
        public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) => new(RoutingDecision.Call(0));
    }

    private sealed class Plain(IRoutingPolicy inner) : DelegatingRoutingPolicy(inner);

    private sealed class Failing(IRoutingPolicy inner) : DelegatingRoutingPolicy(inner)
    {
        public override RoutingRecord OnEnded(RoutingView context, RoutingRecord record) => throw new InvalidOperationException("broken");
    }

    private sealed class Counting(IRoutingPolicy inner) : DelegatingRoutingPolicy(inner)
    {
        public override ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken)
        {
            context.Set(this, new Decisions((context.Get<Decisions>(this)?.Count ?? 0) + 1));
            return base.DecideAsync(context, cancellationToken);
        }

        public override RoutingRecord OnEnded(RoutingView context, RoutingRecord record)
        {
            record = base.OnEnded(context, record);
            return record with { Reason = $"{record.Reason} {context.Get<Decisions>(this)!.Count}" };
        }

        private sealed record Decisions(int Count);
    }

    private sealed class Inner : IRoutingPolicy
    {
        public int Ended { get; private set; }

        public List<(string? Id, double Quality)> Outcomes { get; } = [];

        public string Name => "inner";

        public bool IsCalibrated => true;

        public double? AcceptThreshold => 0.3;

        public string Fingerprint => "inner:1";

        public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) =>
            new(context.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Accept(context.Attempts[0]));

        public bool TryGetBelief(RoutingView context, Span<double> correctness)
        {
            correctness.Fill(0.25);
            return true;
        }

        public RoutingRecord OnEnded(RoutingView context, RoutingRecord record)
        {
            Ended++;
            return record with { Reason = "ended" };
        }

        public bool OnOutcome(RoutingRecord record, OutcomeReport outcome)
        {
            Outcomes.Add((record.RequestId, outcome.Quality));
            return true;
        }
    }
}
