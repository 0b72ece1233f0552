using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace AutoMix.Tool.Inspect;

/// <summary>automix inspect: what is in a plan or a trace file.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A plan (.json) or traces (.jsonl, .jsonl.gz)." };
        Option<bool> json = CommandAction.Json();
        var command = new Command("inspect", "Say what is in a plan or a trace file.\n\nExamples:\n  automix inspect plan.json\n  automix inspect traces.jsonl.gz --json") { file, json };
        command.SetReport(json, result => Inspection.Run(result.GetValue(file)!), Print);
        return command;
    }

    private static void Print(InspectReport report, IAnsiConsole console)
    {
        if (report.Plan is { } plan)
        {
            var table = new Table().AddColumns(SafeText.Text(report.File), SafeText.Text(plan.Policy));
            table.AddRow("models", SafeText.Text(string.Join(", ", plan.Models)));
            table.AddRow("needs", plan.Needs);
            table.AddRow("believes at first", plan.Accuracies is { } accuracies ? SafeText.Text(string.Join(", ", accuracies.Select(a => $"{a.Key} {Figures.Share(a.Value)}"))) : "-");
            table.AddRow("does at first", SafeText.Text(plan.FirstAction));
            table.AddRow("expected", plan.ExpectedAccuracy is { } accuracy ? $"{Figures.Share(accuracy)} at {Figures.DollarsPerThousand(plan.ExpectedCostPerQuery!.Value)} dollars per 1,000" : "-");
            foreach (string part in plan.Parts)
            {
                table.AddRow("part", SafeText.Text(part));
            }

            console.Write(table);
            return;
        }

        var models = new Table().AddColumns("model", "accuracy", "dollars per 1,000", "verification, per 1,000", "confidence", "unknown", "seconds");
        foreach (InspectReport.ModelLine line in report.Traces!.Models)
        {
            models.AddRow(
                SafeText.Text(line.Model),
                Figures.Share(line.Accuracy),
                Figures.DollarsPerThousand(line.CostPerQuery),
                Figures.DollarsPerThousand(line.VerifyCostPerQuery),
                line.Verification.ToString().ToLowerInvariant(),
                Figures.Share(line.Unknown),
                line.SecondsPerQuery.ToString("0.###", CultureInfo.InvariantCulture));
        }

        console.Write(models);
        console.MarkupLine($"{report.Traces.Queries} queries in {SafeText.Text(report.File)}.");
    }
}
