using System.Globalization;
using System.Text;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>The default trained on other queries than those of the training split: how much of the figures is one lucky split.</summary>
internal static class SplitsSection
{
    private const int Draws = 5;

    public static string Write(StudyRun run)
    {
        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            ## Other splits

            `default` trained on random queries of the test split, as many as the training split has (but no more than half), and run on the rest of it; {Draws} draws. Means over draws, and the least
            and greatest of them. *promise broken*: draws in which the interval of *keep 99 %* lies below .985.

            | set | gain on new queries | TH 99 | random mix TH 99 | keep 99 %: accuracy | cost | promise broken |
            |---|---|---|---|---|---|---|
            """);
        foreach (StudySet set in run.Sets)
        {
            (StudyFigures Figures, StudyFigures Coin, Kept Kept)[] draws = [.. Enumerable.Range(0, Draws).Select(draw => Measure(set, draw))];
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {set.Name} | {Spread(draws.Select(d => d.Figures.WalkedGain.Value), "F4")} | {Spread(draws.Select(d => d.Figures.Walked[1].Value))} | {Spread(draws.Select(d => d.Coin.Walked[1].Value))} | {Spread(draws.Select(d => d.Kept.Accuracy.Value))} | {Spread(draws.Select(d => d.Kept.Cost.Value))} | {draws.Count(d => d.Kept.Accuracy.High < 0.985)} of {Draws} |");
        }

        return page.ToString();
    }

    private static (StudyFigures Figures, StudyFigures Coin, Kept Kept) Measure(StudySet set, int seed)
    {
        int[] order = [.. Enumerable.Range(0, set.Test.RowCount)];
        new Random(seed).Shuffle(order);
        int training = Math.Min(set.Train.RowCount, order.Length / 2);
        var split = new StudySet(set.Name, set.Test.SelectRows(order.AsSpan(0, training)), set.Test.SelectRows(order.AsSpan(training)));
        Trial trial = Trial.Of(PolicyRegistry.Get("default").Train(split.Train), split.Test, [StudyResult.Shares[^1]]);
        return (StudyFigures.Measure(split, trial), StudyFigures.Measure(split, Trial.RandomMix(split)), Kept.Measure(split, trial.Kept[0]));
    }

    // Never reached counts as 1, as in the means over sets.
    private static string Spread(IEnumerable<double> values, string format = "F3")
    {
        double[] known = [.. values.Select(value => double.IsPositiveInfinity(value) ? 1 : value)];
        return $"{Cells.Number(known.Average(), format)} ({Cells.Number(known.Min(), format)} to {Cells.Number(known.Max(), format)})";
    }
}
