using System.CommandLine;
using AutoMix.Policies;
using AutoMix.Statistics;
using Spectre.Console;

namespace AutoMix.Tool.Compare;

/// <summary>automix compare: two policies, paired on the same traces.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var first = new Option<FileInfo>("--first") { Description = "The plan in use.", Required = true };
        var second = new Option<FileInfo>("--second") { Description = "The plan to replace it.", Required = true };
        var traces = new Option<FileInfo>("--traces") { Description = "Traces that neither was trained on (.jsonl or .jsonl.gz).", Required = true };
        Option<bool> json = CommandAction.Json();
        var command = new Command("compare", "Compare two plans on the same traces, query by query.\n\nExample: automix compare --first yesterday.json --second plan.json --traces test.jsonl.gz")
        {
            first, second, traces, json,
        };
        command.SetReport(
            json,
            result =>
            {
                (string Name, ICascadePolicy Policy) one = Load(result.GetValue(first)!);
                return Comparison.Run(one, Load(result.GetValue(second)!), TraceFiles.Table(result.GetValue(traces)!.FullName, one.Policy));
            },
            Print);
        return command;
    }

    private static (string, ICascadePolicy) Load(FileInfo file) => (file.Name, PolicyFile.Load(file.FullName));

    private static void Print(CompareReport report, IAnsiConsole console)
    {
        var table = new Table().AddColumns("", SafeText.Text(report.First.Plan), SafeText.Text(report.Second.Plan), "second / first");
        table.AddRow("accuracy", Show(report.First.Accuracy), Show(report.Second.Accuracy), Show(report.AccuracyRatio));
        table.AddRow("dollars per 1,000", Figures.DollarsPerThousand(report.First.Cost.Value), Figures.DollarsPerThousand(report.Second.Cost.Value), Show(report.CostRatio));
        foreach ((string model, double share) in report.First.AcceptedShare)
        {
            table.AddRow(SafeText.Text($"answered by {model}"), Figures.Share(share), Figures.Share(report.Second.AcceptedShare[model]), "");
        }

        console.Write(table);
        console.MarkupLine(FormattableString.Invariant(
            $"Of {report.Queries} queries, {report.OnlyFirst} are right only with the first, {report.OnlySecond} only with the second (p = {report.PValue:0.###}); {report.SameModel:P0} go to the same model."));
    }

    private static string Show(MetricEstimate? interval) => interval is { } known ? Markup.Escape(Figures.Share(known)) : "-";
}
