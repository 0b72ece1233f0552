using System.Collections.Concurrent;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class BatchRunTests
{
    private static readonly BatchSchedule Schedule = new([0, 1, 0, 1, 0], [[4, 0, 2], [3, 1]], 1, 0, 0);

    [Fact]
    public async Task RunAsync_OneSlotEach_StartsEveryRequestOnceInTheOrderOfItsQueue()
    {
        var started = new ConcurrentQueue<(int Request, int Model)>();

        await Schedule.RunAsync([1, 1], (request, model, _) =>
        {
            started.Enqueue((request, model));
            return Task.CompletedTask;
        });

        started.Where(call => call.Model == 0).Select(call => call.Request).Should().Equal(4, 0, 2);
        started.Where(call => call.Model == 1).Select(call => call.Request).Should().Equal(3, 1);
    }

    [Fact]
    public async Task RunAsync_AnAnswerFails_CancelsTheOthersAndThrowsWhatFailed()
    {
        var waiting = new TaskCompletionSource();
        int cancelled = 0;

        Func<Task> run = () => Schedule.RunAsync([1, 1], async (request, _, cancellationToken) =>
        {
            if (request == 4)
            {
                await waiting.Task;
                throw new InvalidOperationException("no answer");
            }

            try
            {
                waiting.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
                throw;
            }
        });

        (await run.Should().ThrowAsync<InvalidOperationException>()).WithMessage("no answer");
        cancelled.Should().Be(1);
    }

    [Fact]
    public async Task RunAsync_CallerCancels_StartsNothingMore()
    {
        using var cancel = new CancellationTokenSource();
        int started = 0;

        Func<Task> run = () => Schedule.RunAsync([1, 1], (_, _, _) =>
        {
            Interlocked.Increment(ref started);
            cancel.Cancel();
            return Task.CompletedTask;
        }, cancel.Token);

        await run.Should().ThrowAsync<OperationCanceledException>();
        started.Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task RunAsync_SlotsDoNotFitTheModels_SaysSo() =>
        (await Schedule.Awaiting(schedule => schedule.RunAsync([1], (_, _, _) => Task.CompletedTask)).Should().ThrowAsync<ArgumentException>()).WithMessage("*each of the 2 models*");
}
