using System.Globalization;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks;

/// <summary>What stopping a vote early saves on recorded confidences, and how many decisions it changes, as a markdown table.</summary>
internal static class StoppingStudy
{
    private const int Samples = 16;
    private const int Batch = (Samples + 3) / 4;
    private const int Seed = 11;

    /// <param name="folder">A folder of *.test.jsonl.gz.</param>
    /// <param name="output">Where the table goes.</param>
    public static void Run(string folder, TextWriter output)
    {
        double[] confidences = [.. Directory.EnumerateFiles(folder, "*.test.jsonl.gz").Order(StringComparer.Ordinal).SelectMany(TraceReader.Read).SelectMany(record => record.Answers).Where(answer => answer.Confidence is not null).Select(answer => answer.Confidence!.Value)];
        output.WriteLine("| threshold | saved, risk 0 | saved, risk .02 | decisions changed, risk .02 | saved, risk .05 | decisions changed, risk .05 |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (double threshold in (double[])[0.5, 0.6, 0.7, 0.75, 0.8, 0.9])
        {
            (double certain, _) = Measure(confidences, threshold, 0);
            (double saved, double changed) = Measure(confidences, threshold, 0.02);
            (double more, double moreChanged) = Measure(confidences, threshold, 0.05);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {threshold} | {certain:0.0%} | {saved:0.0%} | {changed:0.00%} | {more:0.0%} | {moreChanged:0.00%} |"));
        }
    }

    private static (double Saved, double Changed) Measure(double[] confidences, double threshold, double risk)
    {
        var random = new Random(Seed);
        long asked = 0;
        int changed = 0;
        foreach (double confidence in confidences)
        {
            bool[] votes = [.. Enumerable.Range(0, Samples).Select(_ => random.NextDouble() < confidence)];
            int taken = 0;
            int correct = 0;
            while (taken < Samples)
            {
                for (int i = 0; i < Batch; i++)
                {
                    correct += votes[taken++] ? 1 : 0;
                }

                double change = VoteForecast.ChangeProbability(correct, taken, Samples - taken, threshold);
                if (change == 0 || change < risk)
                {
                    break;
                }
            }

            asked += taken;
            changed += (double)correct / taken >= threshold == (double)votes.Count(vote => vote) / Samples >= threshold ? 0 : 1;
        }

        return (1 - ((double)asked / ((long)Samples * confidences.Length)), (double)changed / confidences.Length);
    }
}
