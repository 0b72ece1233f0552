using System.CommandLine;
using AutoMix.Policies;
using ScottPlot;
using Spectre.Console;

namespace AutoMix.Tool.Report;

/// <summary>automix report: one HTML file that shows what a plan saves and where it errs.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var plan = new Option<FileInfo>("--plan") { Description = "The plan.", Required = true };
        var traces = new Option<FileInfo>("--traces") { Description = "Traces that the plan was not trained on (.jsonl or .jsonl.gz).", Required = true };
        var output = new Option<FileInfo>("--output") { Description = "The HTML file to write.", Required = true };
        var plots = new Option<DirectoryInfo?>("--plots") { Description = "Also write each plot as SVG and PNG into this folder." };
        Option<bool> json = CommandAction.Json();
        var command = new Command("report", "Write one self-contained HTML page about a plan.\n\nExample: automix report --plan plan.json --traces test.jsonl.gz --output report.html --plots plots")
        {
            plan, traces, output, plots, json,
        };
        command.SetReport(
            json,
            result => Write(result.GetValue(plan)!, result.GetValue(traces)!, result.GetValue(output)!, result.GetValue(plots)),
            (data, console) => console.MarkupLine(SafeText.Text(
                $"{data.Plan} keeps {Figures.Share(data.RelativeAccuracy?.Value)} of the quality of {data.BestModel} at {Figures.Share(data.RelativeCost?.Value)} of its cost. Written.")));
        return command;
    }

    private static ReportData Write(FileInfo plan, FileInfo traces, FileInfo output, DirectoryInfo? folder)
    {
        ICascadePolicy policy = PolicyFile.Load(plan.FullName);
        ReportData data = ReportReader.Read(plan.Name, policy, traces.Name, TraceFiles.Read(traces.FullName, policy));
        using Plot frontier = ReportPlots.Frontier(data, dark: false);
        using Plot frontierDark = ReportPlots.Frontier(data, dark: true);
        using Plot calibration = ReportPlots.Calibration(data, dark: false);
        using Plot calibrationDark = ReportPlots.Calibration(data, dark: true);
        File.WriteAllText(
            output.FullName,
            ReportPage.Render(data, ReportPlots.Svg(frontier), ReportPlots.Svg(frontierDark), ReportPlots.Svg(calibration), ReportPlots.Svg(calibrationDark)));
        if (folder is not null)
        {
            folder.Create();
            ReportPlots.Save(frontier, Path.Combine(folder.FullName, "frontier"));
            ReportPlots.Save(calibration, Path.Combine(folder.FullName, "calibration"));
        }

        return data;
    }
}
