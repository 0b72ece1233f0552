using System.Globalization;
using System.Text;
using AutoMix.Estimation;
using AutoMix.Metrics;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>How well a query's embedding tells which models answer it, and what the default gains by it.</summary>
internal static class ContextSection
{
    public static string Write(IReadOnlyList<StudySet> sets, IReadOnlyList<StudyResult> with)
    {
        var page = new StringBuilder();
        page.AppendLine("""

            ## What the query's looks are worth

            Embeddings of all-MiniLM-L6-v2 (384 numbers), twelve principal components, one ridge logistic regression of the share of models that are correct; ridge and strength chosen by
            held-out likelihood. AUROC: of that score, for each model being correct, on the test set (mean over models, range). The other columns are `default` with embeddings / without.

            | set | AUROC | mix 99 | TH 99 | AIQ+ | keep 99 % |
            |---|---|---|---|---|---|
            """);
        for (int i = 0; i < sets.Count; i++)
        {
            StudyResult without = StudyResult.Measure(PolicyRegistry.Get("default"), sets[i].WithoutEmbeddings());
            page.AppendLine(CultureInfo.InvariantCulture,
                $"| {sets[i].Name} | {Auroc(sets[i])} | {Number(with[i].Mixed[0])} / {Number(without.Mixed[0])} | {Number(with[i].Walked[0])} / {Number(without.Walked[0])} | {with[i].AiqGain:F4} / {without.AiqGain:F4} | {Of(with[i].Kept[^1])} / {Of(without.Kept[^1])} |");
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

    private static string Of(Kept kept) => string.Create(CultureInfo.InvariantCulture, $"{kept.Accuracy:F3} @ {kept.Cost:F3}");

    private static string Number(double? value) => value is { } number ? number.ToString("F3", CultureInfo.InvariantCulture) : "-";
}
