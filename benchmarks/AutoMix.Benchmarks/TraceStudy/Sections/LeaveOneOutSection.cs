using System.Text;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>The default on chains that lack one of the models: other numbers of models, other steps in price and quality.</summary>
internal static class LeaveOneOutSection
{
    public static string Write(StudyRun run)
    {
        var page = new StringBuilder();
        page.AppendLine("""
            ## Leave one model out

            `default` trained and tested on chains without one of their models; shares are of the best model that is left.

            | set | without | best left | gain on new queries | TH 99 | against random mix | keep 99 % |
            |---|---|---|---|---|---|---|
            """);
        foreach (StudySet whole in run.Sets.Where(set => set.Test.ModelCount > 2))
        {
            for (int m = 0; m < whole.Test.ModelCount; m++)
            {
                StudySet set = whole.Without(m);
                Trial trial = Trial.Of(PolicyRegistry.Get("default").Train(set.Train), set.Test, [StudyResult.Shares[^1]]);
                StudyFigures figures = StudyFigures.Measure(set, trial);
                page.AppendLine(
                    $"| {set.Name} | {whole.Test.Models[m]} | {set.Test.Models[set.Best]} | {Cells.Of(figures.WalkedGain, "F4")} | {Cells.Of(figures.Walked[1])} | {Cells.Of(figures.WalkedLessRandomMix)} | {Cells.Of(Kept.Measure(set, trial.Kept[0]))} |");
            }
        }

        return page.ToString();
    }
}
