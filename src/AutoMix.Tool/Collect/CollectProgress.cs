using System.Globalization;

namespace AutoMix.Tool.Collect;

/// <summary>How far a collection is, what it has cost, and how long it will take at this rate. Safe for concurrent use.</summary>
internal sealed class CollectProgress(int answers, decimal spentBefore, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private decimal _spent;
    private int _calls;
    private int _done;
    private int _asked;

    /// <summary>Answers that there will be.</summary>
    public int Answers => answers;

    /// <summary>Answers that are there.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Calls of this run.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The dollars of this run.</summary>
    public decimal Spent
    {
        get
        {
            lock (_gate)
            {
                return _spent;
            }
        }
    }

    public void Called(decimal? cost)
    {
        lock (_gate)
        {
            _calls++;
            _spent += cost ?? 0;
        }
    }

    /// <param name="asked">Whether this run has asked for it; an answer from the journal says nothing about how long the rest takes.</param>
    public void Finished(bool asked)
    {
        Interlocked.Increment(ref _done);
        if (asked)
        {
            Interlocked.Increment(ref _asked);
        }
    }

    /// <summary>The time that the rest takes; null where this run has asked for nothing yet.</summary>
    public TimeSpan? Left => Volatile.Read(ref _asked) is > 0 and var asked ? time.GetElapsedTime(_start) / asked * (answers - Done) : null;

    /// <summary>In words.</summary>
    public override string ToString()
    {
        string left = Left is { } time ? $", about {(time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"m\:ss", CultureInfo.InvariantCulture))} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Done:N0} of {answers:N0} answers, ${spentBefore + Spent:0.####}{left}");
    }
}
