using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace AutoMix.Tests.Routing;

/// <summary>The state of a request, which a policy sees through the read-only view, looked at from inside a decision.</summary>
public class RoutingViewTests
{
    private static async Task LookAsync(Action<RequestState> look, Action<AutoMixBuilder>? configure = null, ChatOptions? options = null, params ChatMessage[] messages)
    {
        Exception? failure = null;
        IChatClient client = Mix.Of(Mix.Model("small"), Mix.Model("large"), mix =>
        {
            configure?.Invoke(mix);
            mix.RouteWith((state, _) =>
            {
                try
                {
                    look((RequestState)state);
                }
                catch (Exception e)
                {
                    failure ??= e;
                }

                return new(state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Accept(state.Attempts[0]));
            });
        });
        await client.GetResponseAsync(messages.Length > 0 ? messages : [new(ChatRole.User, "?")], options);
        if (failure is not null)
        {
            throw new InvalidOperationException("The look failed.", failure);
        }
    }

    [Fact]
    public Task WhyUnavailable_OfAModelThatDoesNotExist_Throws() => LookAsync(state =>
    {
        state.WhyUnavailable(1).Should().BeNull();
        state.CanCall(1).Should().BeTrue();
        ((Action)(() => state.WhyUnavailable(2))).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*2 models*");
        ((Action)(() => state.WhyUnavailable(-1))).Should().Throw<ArgumentOutOfRangeException>();
    });

    [Fact]
    public Task Exclude_Twice_KeepsTheFirstReason() => LookAsync(state =>
    {
        if (state.Attempts.Count > 0)
        {
            state.Exclude(1, "first");
            state.Exclude(1, "second");
            state.WhyUnavailable(1).Should().Be("first");
            state.Readmit(1);
            state.CanCall(1).Should().BeTrue();
        }
    });

    [Fact]
    public Task ModelIndex_ByName_IsFoundOrNamesTheModels() => LookAsync(state =>
    {
        state.ModelIndex("large").Should().Be(1);
        ((Action)(() => state.ModelIndex("huge"))).Should().Throw<ArgumentException>().WithMessage("*'huge'*small, large*");
    });

    [Fact]
    public Task Money_ReservedAndSettled_IsAddedUp() => LookAsync(
        state =>
        {
            if (state.Attempts.Count > 0)
            {
                return;
            }

            state.RemainingCost.Should().Be(1);
            state.CostWith(0.1m).Should().Be(0.1m);
            state.Reserve(0.2m);
            state.Reserve(0.3m);
            state.CostWith(0.1m).Should().Be(0.6m);
            state.RemainingCost.Should().Be(0.5m);
            state.Settle(0.2m, new(0.05m));
            state.Cost.Should().Be(0.05m);
            state.CostWith(0.1m).Should().Be(0.45m);
            state.Settle(0.3m, new(0.01m));
            state.Cost.Should().Be(0.06m);
            state.CostWith(0.1m).Should().Be(0.16m);
            state.RemainingCost.Should().Be(0.94m);
        },
        mix => mix.Configure(o => o.MaxCostPerRequest = 1));

    [Fact]
    public async Task RemainingTime_ShrinksAsTheClockGoesOn()
    {
        var time = new FakeTimeProvider();
        var seen = new List<TimeSpan?>();
        await LookAsync(
            state =>
            {
                seen.Add(state.RemainingTime);
                if (state.Attempts.Count == 0)
                {
                    time.Advance(TimeSpan.FromSeconds(20));
                    state.Tick();
                    seen.Add(state.RemainingTime);
                    state.IsPastDeadline.Should().BeFalse();
                }
            },
            mix => mix.UseTimeProvider(time).Configure(o => o.Deadline = TimeSpan.FromSeconds(60)));
        seen[..2].Should().Equal(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Question_IsTheLastUsersMessage()
    {
        await LookAsync(
            state => state.Question.Should().Be("second").And.BeSameAs(state.Question),
            messages: [new(ChatRole.User, "first"), new(ChatRole.Assistant, "yes"), new(ChatRole.User, "second"), new(ChatRole.System, "be kind")]);
        await LookAsync(state => state.Question.Should().BeEmpty(), messages: new ChatMessage(ChatRole.System, "be kind"));
    }

    [Fact]
    public Task RequestKey_OfTheSameIdOrQuestion_IsTheSame() => LookAsync(
        state =>
        {
            state.RequestKey.Should().Be(RequestKeys.FromText("id-7")).And.NotBe(RequestKeys.FromText("?"));
            state.RequestId.Should().Be("id-7");
        },
        options: new() { AdditionalProperties = new() { [RequestTags.RequestId] = "id-7" } });

    [Fact]
    public Task RequestId_NoneGiven_IsMadeOnce() => LookAsync(state =>
    {
        state.RequestKey.Should().Be(RequestKeys.FromText("?"));
        state.RequestId.Should().HaveLength(32).And.Be(state.RequestId);
    });

    [Fact]
    public Task Best_UsableBeforeRejectedThenByConfidenceThenTheLaterModel() => LookAsync(state =>
    {
        if (state.Attempts.Count != 1)
        {
            return;
        }

        RoutingAttempt Attempt(int model, AttemptStatus status, double? confidence)
        {
            var attempt = new RoutingAttempt(state.AttemptList.Count, model, $"m{model}", false) { Result = new() { Status = status } };
            if (confidence is { } c)
            {
                attempt.Add(new("check", c));
            }

            state.Add(attempt);
            return attempt;
        }

        RoutingAttempt first = state.Attempts[0];
        state.Best.Should().BeSameAs(first);
        Attempt(1, AttemptStatus.Rejected, 0.99);
        state.Best.Should().BeSameAs(first, "an answer that was rejected comes last");
        Attempt(0, AttemptStatus.Answered, 0.4);
        state.Best.Should().BeSameAs(first, "unknown counts as one half");
        RoutingAttempt sure = Attempt(0, AttemptStatus.Answered, 0.8);
        state.Best.Should().BeSameAs(sure);
        RoutingAttempt larger = Attempt(1, AttemptStatus.Answered, 0.8);
        state.Best.Should().BeSameAs(larger);
        RoutingAttempt again = Attempt(1, AttemptStatus.Answered, 0.8);
        state.Best.Should().BeSameAs(again, "of the same the later one");
        Attempt(1, AttemptStatus.Failed, 1);
        Attempt(1, AttemptStatus.Cancelled, 1);
        state.Best.Should().BeSameAs(again);
        state.Last!.Status.Should().Be(AttemptStatus.Failed, "a call that was stopped because another had answered is not the last");
        state.AnswerOf(1).Should().BeSameAs(again);
        state.AnswerOf(0).Should().BeSameAs(sure);
        state.AttemptList.RemoveRange(1, state.AttemptList.Count - 1);
    });
}
