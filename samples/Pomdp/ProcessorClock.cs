using System.Diagnostics;

namespace AutoMix.Samples.PomdpSolver;

/// <summary>A clock that runs with the processor time of this process, so that a busy machine does not count against the solver.</summary>
internal sealed class ProcessorClock : TimeProvider
{
    private readonly Process _process = Process.GetCurrentProcess();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        _process.Refresh();
        return _process.TotalProcessorTime.Ticks;
    }
}
