using Microsoft.Extensions.Time.Testing;

namespace AutoMix.Redis.Tests.Servers;

/// <summary>A clock that tells how many waits have begun, and under which timers can be silent, as in a process that is paused.</summary>
internal sealed class WatchedTime(bool isPaused = false) : FakeTimeProvider
{
    private int _timers;

    public int Timers => Volatile.Read(ref _timers);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        return isPaused ? base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) : base.CreateTimer(callback, state, dueTime, period);
    }
}
