using System.Globalization;
using Spectre.Console;

namespace AutoMix.Tool.Evaluate;

/// <summary>The report as tables for people.</summary>
internal static class EvaluationTable
{
    public static void Write(EvaluationReport report, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var summary = new Table().AddColumns("", "accuracy", "dollars per 1,000 queries");
        summary.AddRow(Markup.Escape($"{report.Policy} ({report.Test.Queries} queries)"), Share(report.Test.Accuracy), Dollars(report.Test.CostPerQuery));
        summary.AddRow(Markup.Escape($"always {report.Best.Model}"), Share(report.Best.Accuracy), Dollars(report.Best.CostPerQuery));
        summary.AddRow("relative", Relative(report.RelativeAccuracy), Relative(report.RelativeCost));
        console.Write(summary);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"IBC lift {report.IbcLift:P0}, AIQ {report.Aiq:F4}, highest accuracy {report.MaxAccuracy:P1}; fitted in {report.FitSeconds:F2} s, {report.DecisionsPerSecond:N0} decisions per second");
        var curve = new Table().AddColumns("cost weight", "accuracy", "dollars per 1,000 queries");
        foreach (OperatingPoint point in report.Curve)
        {
            curve.AddRow(point.CostWeight.ToString("G4", CultureInfo.InvariantCulture), Share(point.Accuracy), Dollars(point.CostPerQuery));
        }

        console.Write(curve);
    }

    public static void Write(AllPoliciesReport report, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var table = new Table().AddColumns("policy", "accuracy", "of best", "dollars per 1,000 queries", "of best", "AIQ", "seconds to fit");
        foreach (EvaluationReport policy in report.Policies)
        {
            table.AddRow(
                Markup.Escape(policy.Policy),
                Share(policy.Test.Accuracy),
                Relative(policy.RelativeAccuracy),
                Dollars(policy.Test.CostPerQuery),
                Relative(policy.RelativeCost),
                policy.Aiq?.ToString("F4", CultureInfo.InvariantCulture) ?? "-",
                policy.FitSeconds.ToString("F2", CultureInfo.InvariantCulture));
        }

        console.Write(table);
        foreach (AllPoliciesReport.LeftOutPolicy policy in report.LeftOut)
        {
            console.WriteLine($"{policy.Policy}: left out, {policy.Reason}");
        }
    }

    private static string Relative(double? value) => value is { } share ? Share(share) : "-";

    private static string Share(double value) => value.ToString("P1", CultureInfo.InvariantCulture);

    private static string Dollars(double perQuery) => (perQuery * 1000).ToString("F4", CultureInfo.InvariantCulture);
}
