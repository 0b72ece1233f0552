using System.CommandLine;
using AutoMix.Tool.Collect;
using AutoMix.Tool.Compare;
using AutoMix.Tool.Conversions;
using AutoMix.Tool.Evaluate;
using AutoMix.Tool.Explain;
using AutoMix.Tool.Inspect;
using AutoMix.Tool.Report;
using AutoMix.Tool.Serve;
using AutoMix.Tool.Simulate;
using AutoMix.Tool.Train;

namespace AutoMix.Tool;

/// <summary>The command line as a whole.</summary>
internal static class AutomixCommand
{
    public static RootCommand Create() => new("automix: from a log of requests to a deployed routing policy.")
    {
        CollectCommand.Create(),
        ConvertCommand.Create(),
        TrainCommand.Create(),
        EvaluateCommand.Create(),
        CompareCommand.Create(),
        ExplainCommand.Create(),
        InspectCommand.Create(),
        SimulateCommand.Create(),
        ReportCommand.Create(),
        ServeCommand.Create(),
    };
}
