using System.CommandLine;
using System.Globalization;
using AutoMix.Policies;
using Spectre.Console;

namespace AutoMix.Tool.Simulate;

/// <summary>automix simulate: what if prices, accuracies or volumes were others.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var traces = new Option<FileInfo>("--traces") { Description = "Traces (.jsonl or .jsonl.gz).", Required = true };
        var policy = new Option<string>("--policy") { Description = "The policy to train.", DefaultValueFactory = _ => "default" };
        var price = new Option<string[]>("--price") { Description = "model=factor: its price times the factor. May be repeated.", DefaultValueFactory = _ => [] };
        var accuracy = new Option<string[]>("--accuracy") { Description = "model=share: its share of correct answers. May be repeated.", DefaultValueFactory = _ => [] };
        var volume = new Option<double?>("--per-month") { Description = "Requests a month, for dollars a month." };
        Option<bool> json = CommandAction.Json();
        var goal = new GoalOptions();
        var command = new Command(
            "simulate",
            "Ask what would change under other prices, accuracies or volumes.\n\nExample: automix simulate --traces traces.jsonl.gz --price llama3.1-405b=0.5 --accuracy llama3.1-8b=0.85 --per-month 2000000")
        {
            traces, policy, price, accuracy, volume, json,
        };
        goal.AddTo(command);
        command.SetReport(
            json,
            result => Simulation.Run(
                PolicyRegistry.Get(result.GetValue(policy)!),
                TraceFiles.Read(result.GetValue(traces)!.FullName),
                Assumptions.Read(result.GetValue(price)!, result.GetValue(accuracy)!),
                goal.Read(result),
                result.GetValue(volume)),
            Print);
        return command;
    }

    private static void Print(SimulateReport report, IAnsiConsole console)
    {
        foreach (string assumption in report.Assumptions)
        {
            console.MarkupLine($"If {SafeText.Text(assumption)}:");
        }

        var table = new Table().AddColumns("cross-validated", "accuracy", "dollars per 1,000", "dollars a month");
        Row("today's policy, today", report.Today);
        Row("today's policy, then", report.Unchanged);
        Row("trained anew, then", report.Retrained);
        Row("always the best model, then", report.AlwaysBest);
        console.Write(table);

        void Row(string name, SimulateReport.Outcome outcome) => table.AddRow(
            name,
            Figures.Share(outcome.Accuracy),
            Figures.DollarsPerThousand(outcome.CostPerQuery),
            outcome.CostPerMonth?.ToString("N2", CultureInfo.InvariantCulture) ?? "-");
    }
}
