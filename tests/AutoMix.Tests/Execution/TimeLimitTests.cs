using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Execution;

/// <summary>Whose fault it is that time ran out, and that it has.</summary>
public class TimeLimitTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Timers that fire a little before the clock says so, as timers of whole milliseconds do.</summary>
    private sealed class EarlyTimers : FakeTimeProvider
    {
        public static readonly TimeSpan Early = TimeSpan.FromMilliseconds(3);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > Early ? dueTime - Early : dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }

    /// <summary>Answers nothing, while time passes, until it is stopped.</summary>
    private static ScriptedClient Stalling(FakeTimeProvider time, TimeSpan after) => new(async (_, token) =>
    {
        Task never = Task.Delay(Timeout.Infinite, token);
        time.Advance(after);
        await never;
        return Reply.Of("never");
    });

    private static ScriptedClient Taking(FakeTimeProvider time, TimeSpan duration, string answer) => new(_ =>
    {
        time.Advance(duration);
        return Reply.Of(answer);
    });

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Deadline_TheTimerIsEarly_CallsNobodyElse(Mode mode)
    {
        var time = new EarlyTimers();
        ScriptedClient large = Answering("large");
        ScriptedClient small = Stalling(time, Deadline - EarlyTimers.Early);
        Func<Task> ask = () => Mix.Of(small, large, mix => mix.UseTimeProvider(time).Configure(o => o.Deadline = Deadline)).AskAsync(mode, "?");

        (await ask.Should().ThrowAsync<NoUsableAnswerException>()).Which.Record.Limit.Should().Be(LimitKind.Deadline);
        large.Calls.Should().BeEmpty();
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Circuit_WhatEarlierCallsLeftWasTooLittle_StaysClosed(Mode mode)
    {
        var time = new FakeTimeProvider();
        ScriptedClient large = Stalling(time, TimeSpan.FromSeconds(1));
        IChatClient client = Mix.Of(Taking(time, TimeSpan.FromSeconds(9), "small"), large, mix => mix.UseTimeProvider(time).Distrust("small").Configure(o => o.Deadline = Deadline));
        for (int i = 1; i <= 4; i++)
        {
            ChatResponse response = await client.AskAsync(mode, "?");

            response.Text.Should().Be("small");
            response.Record().Limit.Should().Be(LimitKind.Deadline);
            large.Calls.Should().HaveCount(i);
        }
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Circuit_TheModelHadItsTime_Opens(Mode mode)
    {
        var time = new FakeTimeProvider();
        ScriptedClient small = Stalling(time, TimeSpan.FromSeconds(2));
        IChatClient client = Mix.Of(small, Answering("large"), mix => mix.UseTimeProvider(time).WithoutVerification().Configure(o => o.AttemptTimeout = TimeSpan.FromSeconds(2)));
        for (int i = 0; i < 4; i++)
        {
            (await client.AskAsync(mode, "?")).Text.Should().Be("large");
        }

        small.Calls.Should().HaveCount(2);
    }

    [Fact]
    public async Task Circuit_AVerifierEndsBeforeItsCalls_StaysClosed()
    {
        var large = new ScriptedClient(async (call, token) =>
        {
            if (call.IsVerification)
            {
                await Task.Delay(Timeout.Infinite, token);
            }

            return Reply.Of("large");
        });
        IChatClient client = Mix.Of(Answering("small"), large, mix => mix.VerifyWith(new Impatient()));
        for (int i = 0; i < 4; i++)
        {
            (await client.GetResponseAsync("?")).Text.Should().Be("large", "nothing is known of the small model's answer");
        }
    }

    /// <summary>Asks, and does not wait for what is said.</summary>
    private sealed class Impatient : IVerifier
    {
        public string Name => "impatient";

        public bool IsFree => false;

        public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default)
        {
            _ = context.AskAllAsync([new(ChatRole.User, "?")], [new()], "large", cancellationToken).AsTask().ContinueWith(t => t.Exception, TaskScheduler.Default);
            return new(Verdict.Unknown("no patience"));
        }
    }
}
