using System.Globalization;
using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks;

/// <summary>What recorded confidences are worth, before and after calibration on the training traces, as a markdown table.</summary>
internal static class VerifierStudy
{
    /// <param name="folder">A folder of *.train.jsonl.gz and *.test.jsonl.gz.</param>
    /// <param name="output">Where the table goes.</param>
    public static void Run(string folder, TextWriter output)
    {
        output.WriteLine("| traces | model | verification | AUROC on train | AUROC on test | ECE before | calibration | ECE after | Brier before | Brier after | informative (train) |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (string path in Directory.EnumerateFiles(folder, "*.train.jsonl.gz").Order(StringComparer.Ordinal))
        {
            TraceTable train = TraceTable.Read(path);
            TraceTable test = TraceTable.Read(path.Replace(".train.", ".test.", StringComparison.Ordinal));
            string chain = Path.GetFileName(path).Replace(".train.jsonl.gz", "", StringComparison.Ordinal);
            for (int model = 0; model < train.ModelCount; model++)
            {
                Write(output, chain, train, test, model);
            }
        }
    }

    private static void Write(TextWriter output, string chain, TraceTable train, TraceTable test, int model)
    {
        (double[] trainConfidences, double[] trainQualities) = Columns(train, model);
        (double[] confidences, double[] qualities) = Columns(test, model);
        SignalTrust trust = SignalTrust.Of(trainConfidences, trainQualities);
        Calibration calibration = Calibration.Choose(trainConfidences, trainQualities).Calibration;
        VerifierReport before = VerifierReport.Measure(confidences, qualities);
        VerifierReport after = VerifierReport.Measure([.. confidences.Select(calibration.Apply)], qualities);
        string verification = train.Verification(model).ToString().ToLowerInvariant();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {chain} | {train.Models[model]} | {verification} | {trust.Auroc:.000} [{trust.Low:.000}, {trust.High:.000}] | {before.Auroc.Value:.000} [{before.Auroc.Low:.000}, {before.Auroc.High:.000}] | {before.CalibrationError.Value:.000} | {calibration.Kind} | {after.CalibrationError.Value:.000} [{after.CalibrationError.Low:.000}, {after.CalibrationError.High:.000}] | {before.Brier.Value:.000} | {after.Brier.Value:.000} | {(trust.Worth == SignalWorth.Uninformative ? "**uninformative**" : trust.Worth.ToString().ToLowerInvariant())} |"));
    }

    private static (double[] Confidences, double[] Qualities) Columns(TraceTable table, int model) =>
        ([.. Enumerable.Range(0, table.RowCount).Select(row => table.Confidence(row, model))], [.. Enumerable.Range(0, table.RowCount).Select(row => table.Quality(row, model))]);
}
