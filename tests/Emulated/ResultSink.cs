using Xunit.Abstractions;

namespace AutoMix.Emulated;

/// <summary>Counts what the tests report and prints what failed.</summary>
internal sealed class ResultSink : LongLivedMarshalByRefObject, IMessageSink
{
    public ManualResetEventSlim Finished { get; } = new();

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    public bool OnMessage(IMessageSinkMessage message)
    {
        switch (message)
        {
            case ITestPassed:
                Passed++;
                break;
            case ITestSkipped:
                Skipped++;
                break;
            case ITestFailed failure:
                Failed++;
                Console.WriteLine($"FAILED {failure.Test.DisplayName}: {string.Join(" ", failure.Messages)}");
                break;
            case ITestAssemblyFinished:
                Finished.Set();
                break;
        }

        return true;
    }
}
