using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Adds up the usage reports of one call. The client's own objects are not changed.</summary>
internal sealed class UsageMeter(UsageChunks mode, UsageDetails first)
{
    private readonly UsageDetails _sum = Copy(first);
    private readonly UsageDetails _largest = Copy(first);
    private UsageDetails _last = first;
    private bool _rising = true;
    private bool _repeats;

    public void Add(UsageDetails report)
    {
        _rising &= Rises(_last.InputTokenCount, report.InputTokenCount)
            && Rises(_last.OutputTokenCount, report.OutputTokenCount)
            && Rises(_last.TotalTokenCount, report.TotalTokenCount);
        _repeats |= Repeats(_largest.InputTokenCount, report.InputTokenCount)
            || Repeats(_largest.OutputTokenCount, report.OutputTokenCount)
            || Repeats(_largest.TotalTokenCount, report.TotalTokenCount);
        Raise(_largest, report);
        _sum.Add(report);
        _last = report;
    }

    /// <summary>Computes the usage of the whole call.</summary>
    public UsageDetails Total()
    {
        bool cumulative = mode == UsageChunks.Cumulative || (mode == UsageChunks.Detect && _rising && _repeats);
        return cumulative ? _largest : _sum;
    }

    public static UsageDetails Copy(UsageDetails usage)
    {
        var copy = new UsageDetails();
        copy.Add(usage);
        return copy;
    }

    private static bool Rises(long? before, long? now) => before is null || now is null || now >= before;

    private static bool Repeats(long? before, long? now) => before > 0 && now > 0;

    private static void Raise(UsageDetails largest, UsageDetails report)
    {
        largest.InputTokenCount = Max(largest.InputTokenCount, report.InputTokenCount);
        largest.OutputTokenCount = Max(largest.OutputTokenCount, report.OutputTokenCount);
        largest.TotalTokenCount = Max(largest.TotalTokenCount, report.TotalTokenCount);
        largest.CachedInputTokenCount = Max(largest.CachedInputTokenCount, report.CachedInputTokenCount);
        largest.ReasoningTokenCount = Max(largest.ReasoningTokenCount, report.ReasoningTokenCount);
        foreach ((string name, long count) in report.AdditionalCounts ?? [])
        {
            largest.AdditionalCounts ??= [];
            largest.AdditionalCounts[name] = Math.Max(largest.AdditionalCounts.TryGetValue(name, out long known) ? known : 0, count);
        }

        // A stream that reports its total only at the end is consistent with its parts.
        if (largest is { TotalTokenCount: { } total, InputTokenCount: { } input, OutputTokenCount: { } output } && total < input + output)
        {
            largest.TotalTokenCount = input + output;
        }
    }

    private static long? Max(long? a, long? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);
}
