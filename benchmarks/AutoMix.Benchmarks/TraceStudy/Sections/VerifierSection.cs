using System.Globalization;
using System.Text;
using AutoMix.Evaluation;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>What the recorded confidences are worth as they are.</summary>
internal static class VerifierSection
{
    public static string Write(StudyRun run)
    {
        var page = new StringBuilder();
        page.AppendLine("""
            ## Verifiers

            The recorded confidences of each model's answers, uncalibrated, on test. AUROC: how well they tell correct answers from wrong ones; ECE: expected calibration error. After
            calibration: docs/verification.md.

            | set | model | verification | AUROC | ECE | Brier |
            |---|---|---|---|---|---|
            """);
        foreach (StudySet set in run.Sets)
        {
            for (int m = 0; m < set.Test.ModelCount; m++)
            {
                double[] confidences = [.. Enumerable.Range(0, set.Test.RowCount).Select(row => set.Test.Confidence(row, m))];
                if (confidences.All(double.IsNaN))
                {
                    page.AppendLine(CultureInfo.InvariantCulture, $"| {set.Name} | {set.Test.Models[m]} | none | - | - | - |");
                    continue;
                }

                VerifierReport report = VerifierReport.Measure(confidences, [.. Enumerable.Range(0, set.Test.RowCount).Select(row => set.Test.Quality(row, m))]);
                page.AppendLine(
                    $"| {set.Name} | {set.Test.Models[m]} | {set.Test.Verification(m).ToString().ToLowerInvariant()} | {Cells.Of(report.Auroc)} | {Cells.Of(report.CalibrationError)} | {Cells.Of(report.Brier)} |");
            }
        }

        return page.ToString();
    }
}
