using System.Globalization;
using System.Text;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>The published metrics of every policy, with intervals.</summary>
internal static class MetricsSection
{
    public static string Write(StudyRun run)
    {
        var page = new StringBuilder();
        page.AppendLine("""
            ## Published metrics, with intervals

            All on hulls taken on training data, walked on test. *gain*: AIQ over random mix's. *TH 100*, *TH 99*: cost at 100 and 99 % of the best model. *against random mix*: TH 99 less
            random mix's (below 0: cheaper). *IBC lift*: benefit per cost of keeping 95 %, over the line from the cheapest to the best model (AutoMix; 0 on the line). *APGR*: average
            performance gap recovered (RouteLLM; a coin between cheapest and best has .5). *CPT 50 / 80*: share of the extra cost at which 50 / 80 % of the gap is recovered (a coin: .5 / .8).
            """);
        foreach (StudySet set in run.Sets)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"""

                ### {set.Name}

                | policy | gain | TH 100 | TH 99 | against random mix | IBC lift | APGR | CPT 50 | CPT 80 |
                |---|---|---|---|---|---|---|---|---|
                """);
            foreach (string key in run.Rows)
            {
                StudyResult result = run.Result(key, set);
                StudyFigures f = result.Figures;
                page.AppendLine(
                    $"| {key} | {Cells.Of(f.WalkedGain, "F4")} | {Cells.Of(f.Walked[0])} | {Cells.Of(f.Walked[1])} | {Cells.Of(f.WalkedLessRandomMix)} | {Cells.Of(result.Kept[0].Lift, "F2")} | {Cells.Of(f.Apgr)} | {Cells.Of(f.HalfGap)} | {Cells.Of(f.MostOfGap)} |");
            }
        }

        return page.ToString();
    }
}
