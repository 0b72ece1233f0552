using System.Globalization;
using Spectre.Console;

namespace AutoMix.Tool.Evaluate;

/// <summary>The report as tables for people.</summary>
internal static class EvaluationTable
{
    public static void Write(EvaluationReport report, IAnsiConsole console)
    {
        var summary = new Table().AddColumns("", "accuracy", "dollars per 1,000 queries");
        summary.AddRow(SafeText.Text($"{report.Policy} ({report.Test.Queries} queries)"), Figures.Share(report.Test.Accuracy), Dollars(report.Test.CostPerQuery));
        summary.AddRow(SafeText.Text($"always {report.Best.Model}"), Figures.Share(report.Best.Accuracy), Dollars(report.Best.CostPerQuery));
        summary.AddRow("relative", Figures.Share(report.RelativeAccuracy), Figures.Share(report.RelativeCost));
        console.Write(summary);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"IBC lift {report.IbcLift:P0}, AIQ {report.Aiq:F4}, highest accuracy {report.MaxAccuracy:P1}; fitted in {report.FitSeconds:F2} s, {report.DecisionsPerSecond:N0} decisions per second");
        var curve = new Table().AddColumns("cost weight", "accuracy", "dollars per 1,000 queries");
        foreach (OperatingPoint point in report.Curve)
        {
            curve.AddRow(point.CostWeight.ToString("G4", CultureInfo.InvariantCulture), Figures.Share(point.Accuracy), Dollars(point.CostPerQuery));
        }

        console.Write(curve);
    }

    public static void Write(AllPoliciesReport report, IAnsiConsole console)
    {
        var table = new Table().AddColumns("policy", "accuracy", "of best", "dollars per 1,000 queries", "of best", "AIQ", "seconds to fit");
        foreach (EvaluationReport policy in report.Policies)
        {
            table.AddRow(
                SafeText.Text(policy.Policy),
                Figures.Share(policy.Test.Accuracy),
                Figures.Share(policy.RelativeAccuracy),
                Dollars(policy.Test.CostPerQuery),
                Figures.Share(policy.RelativeCost),
                policy.Aiq?.ToString("F4", CultureInfo.InvariantCulture) ?? "-",
                policy.FitSeconds.ToString("F2", CultureInfo.InvariantCulture));
        }

        console.Write(table);
        foreach (AllPoliciesReport.LeftOutPolicy policy in report.LeftOut)
        {
            console.WriteLine(SafeText.Plain($"{policy.Policy}: left out, {policy.Reason}"));
        }
    }

    private static string Dollars(double perQuery) => (perQuery * 1000).ToString("F4", CultureInfo.InvariantCulture);
}
