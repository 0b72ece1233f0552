using System.CommandLine;
using System.Text.Json;

namespace AutoMix.Tool.Evaluate;

/// <summary>automix evaluate: train a policy on one file, measure it on another.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var train = new Option<FileInfo>("--train") { Description = "Training traces (.jsonl or .jsonl.gz).", Required = true };
        var test = new Option<FileInfo>("--test") { Description = "Test traces of the same models.", Required = true };
        var policy = new Option<string>("--policy") { Description = $"One of: {string.Join(", ", Policies.PolicyRegistry.All.Select(family => family.Key))}.", DefaultValueFactory = _ => "default" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of a table." };
        var goal = new GoalOptions();
        var command = new Command("evaluate", "Train a policy on one trace file and measure it on another.\n\nExample: automix evaluate --train train.jsonl.gz --test test.jsonl.gz --keep 0.99")
        {
            train, test, policy, json,
        };
        goal.AddTo(command);
        command.SetAction(result =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            try
            {
                EvaluationReport report = Evaluation.Run(
                    Policies.PolicyRegistry.Get(result.GetValue(policy)!),
                    TraceTable.Read(result.GetValue(train)!.FullName),
                    TraceTable.Read(result.GetValue(test)!.FullName),
                    goal.Read(result));
                if (result.GetValue(json))
                {
                    output.WriteLine(JsonSerializer.Serialize(report, ReportJsonContext.Default.EvaluationReport));
                }
                else
                {
                    EvaluationTable.Write(report, output);
                }

                return ExitCodes.Success;
            }
            catch (Exception e) when (e is TraceFormatException or IOException or ArgumentException or UnauthorizedAccessException)
            {
                result.InvocationConfiguration.Error.WriteLine(e.Message);
                return ExitCodes.BadInput;
            }
        });
        return command;
    }
}
