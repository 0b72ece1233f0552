using System.Globalization;
using System.Text;
using AutoMix.Policies;
using AutoMix.Statistics;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>How well a query's embedding tells which models answer it, and what the default gains by it.</summary>
internal static class ContextSection
{
    public static string Write(StudyRun run)
    {
        var page = new StringBuilder();
        page.AppendLine("""
            ## What the query's looks are worth

            Embeddings of all-MiniLM-L6-v2 (384 numbers), twelve principal components, one ridge logistic regression of the share of models that are correct; ridge and strength chosen by
            held-out likelihood. AUROC: of that score, for each model being correct, on the test set (mean over models, range). The other columns are `default` with embeddings / without.

            | set | AUROC | mix 99 | TH 99 | AIQ+ | keep 99 % |
            |---|---|---|---|---|---|
            """);
        foreach (StudySet set in run.Sets)
        {
            if (!set.Train.HasEmbeddings)
            {
                page.AppendLine($"| {set.Name} | no prompts recorded | - | - | - | - |");
                continue;
            }

            StudySet bare = set.WithoutEmbeddings();
            StudyResult with = run.Result("default", set);
            StudyResult without = StudyResult.Measure("default", bare, Trial.Of(PolicyRegistry.Get("default").Train(bare.Train), bare.Test, StudyResult.Shares), 0);
            page.AppendLine(
                $"| {set.Name} | {Auroc(set)} | {Cells.Number(with.Figures.Mixed[1].Value)} / {Cells.Number(without.Figures.Mixed[1].Value)} | {Cells.Number(with.Figures.Walked[1].Value)} / {Cells.Number(without.Figures.Walked[1].Value)} | {Cells.Number(with.Figures.AiqGain.Value, "F4")} / {Cells.Number(without.Figures.AiqGain.Value, "F4")} | {Cells.Of(with.Kept[^1])} / {Cells.Of(without.Kept[^1])} |");
        }

        return page.ToString();
    }

    private static string Auroc(StudySet set)
    {
        if (DifficultyShift.Fit(set.Train, CascadeModel.Fit(CascadeCounts.From(set.Train), new CascadeFitOptions())) is not { } shift)
        {
            return "says nothing";
        }

        double[] scores = [.. Enumerable.Range(0, set.Test.RowCount).Select(row => Logistic.Sigmoid(shift.Of(set.Test.Embedding(row).Span)))];
        double[] perModel = [.. Enumerable.Range(0, set.Test.ModelCount).Select(m =>
            VerifierMetrics.Auroc(scores, [.. Enumerable.Range(0, set.Test.RowCount).Select(row => set.Test.Quality(row, m))]))];
        return string.Create(CultureInfo.InvariantCulture, $"{perModel.Average():F3} ({perModel.Min():F3} to {perModel.Max():F3})");
    }
}
