using System.CommandLine;
using AutoMix.Policies;
using Spectre.Console;

namespace AutoMix.Tool.Train;

/// <summary>automix train: from traces to a policy file.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var traces = new Option<FileInfo>("--traces") { Description = "Traces (.jsonl or .jsonl.gz).", Required = true };
        var output = new Option<FileInfo>("--output") { Description = "Where to write the plan.", Required = true };
        var policy = new Option<string>("--policy") { Description = $"One of: {string.Join(", ", PolicyRegistry.All.Select(family => family.Key))}.", DefaultValueFactory = _ => "default" };
        var older = new Option<FileInfo?>("--older") { Description = "An older plan: warn where models, prices or accuracies have changed since." };
        Option<bool> json = CommandAction.Json();
        var goal = new GoalOptions();
        var command = new Command(
            "train",
            "Train a policy on recorded traces and write it to a file that the setting Plan, evaluate, explain and serve read.\n\n"
            + "Examples:\n  automix train --traces traces.jsonl.gz --output plan.json --keep 0.99\n"
            + "  automix train --traces today.jsonl.gz --output plan.json --budget-per-1k 1.50 --older yesterday.json")
        {
            traces, output, policy, older, json,
        };
        goal.AddTo(command);
        command.SetReport(
            json,
            result => Training.Run(
                PolicyRegistry.Get(result.GetValue(policy)!),
                TraceTable.Read(result.GetValue(traces)!.FullName),
                goal.Read(result),
                result.GetValue(output)!.FullName,
                result.GetValue(older) is { } file ? PolicyFile.Load(file.FullName) : null),
            Print);
        return command;
    }

    private static void Print(TrainReport report, IAnsiConsole console)
    {
        var models = new Table().AddColumns("model", "accuracy", "dollars per 1,000", "confidences", "AUROC");
        foreach (TrainReport.ModelSummary model in report.Models)
        {
            models.AddRow(
                SafeText.Text(model.Model),
                Figures.Share(model.Accuracy),
                Figures.DollarsPerThousand(model.CostPerQuery),
                model.Verifier?.ToString().ToLowerInvariant() ?? "none",
                model.Auroc is { } auroc ? FormattableString.Invariant($"{auroc:0.00} [[{model.AurocLow:0.00}, {model.AurocHigh:0.00}]]") : "-");
        }

        console.Write(models);
        console.MarkupLine($"Expected on unseen queries (cross-validated on {report.Queries}, 95 % intervals):");
        var expected = new Table().AddColumns("", SafeText.Text(report.Policy), SafeText.Text($"relative to always {report.BestModel}"));
        expected.AddRow("accuracy", Markup.Escape(Figures.Share(report.Accuracy)), report.RelativeAccuracy is { } accuracy ? Markup.Escape(Figures.Share(accuracy)) : "-");
        expected.AddRow("dollars per 1,000", Figures.DollarsPerThousand(report.Cost.Value), report.RelativeCost is { } cost ? Markup.Escape(Figures.Share(cost)) : "-");
        console.Write(expected);
        foreach (string warning in report.Warnings)
        {
            console.MarkupLine($"[yellow]warning:[/] {SafeText.Text(warning)}");
        }

        console.MarkupLine($"Written to {SafeText.Text(report.Plan)}.");
    }
}
