using System.CommandLine;

namespace AutoMix.Tool.Evaluate;

/// <summary>automix evaluate: train a policy on one file, measure it on another.</summary>
internal static class EvaluateCommand
{
    private const string All = "all";

    public static Command Create()
    {
        var train = new Option<FileInfo>("--train") { Description = "Training traces: .jsonl, .jsonl.gz, or RouterBench's wide table as .csv or .jsonl.", Required = true };
        var test = new Option<FileInfo>("--test") { Description = "Test traces of the same models.", Required = true };
        var policy = new Option<string>("--policy") { Description = $"One of: {string.Join(", ", Policies.PolicyRegistry.All.Select(family => family.Key))}; or all. In reports only: {string.Join(", ", Policies.PolicyRegistry.EvaluationOnly.Select(baseline => baseline.Key))}.", DefaultValueFactory = _ => "default" };
        Option<bool> json = CommandAction.Json();
        var goal = new GoalOptions();
        var command = new Command("evaluate", "Train a policy on one trace file and measure it on another.\n\nExample: automix evaluate --train train.jsonl.gz --test test.jsonl.gz --keep 0.99")
        {
            train, test, policy, json,
        };
        goal.AddTo(command);
        command.SetAction(result => CommandAction.Guard(result, () =>
        {
            TraceTable training = TraceTable.Read(result.GetValue(train)!.FullName);
            TraceTable testing = Evaluation.InOrderOf(training, TraceTable.Read(result.GetValue(test)!.FullName));
            if (result.GetValue(policy) == All)
            {
                CommandAction.Print(result, json, Evaluation.RunAll(training, testing, goal.Read(result)), EvaluationTable.Write);
            }
            else
            {
                EvaluationReport report = Evaluation.Run(Policies.PolicyRegistry.Get(result.GetValue(policy)!), training, testing, goal.Read(result));
                CommandAction.Print(result, json, report, EvaluationTable.Write);
            }

            return ExitCodes.Success;
        }));
        return command;
    }
}
