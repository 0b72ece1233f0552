using System.Text;

namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>The default trained on one data set and run on another of the same models.</summary>
internal static class ShiftSection
{
    public static string Write(StudyRun run)
    {
        var page = new StringBuilder();
        page.AppendLine("""
            ## Domain shift

            `default` trained on one data set and run on another one of the same models, beside `default` trained at home and a coin between single models that was weighted abroad. The
            promise of *keep 99 %* is one about queries like those of training: here is what it is worth about others.

            | trained on | run on | gain on new queries | at home | keep 99 % | at home | coin, keep 99 % |
            |---|---|---|---|---|---|---|
            """);
        foreach (StudySet home in run.Sets)
        {
            foreach (StudySet other in run.Sets.Where(set => set != home && set.Test.Models.SequenceEqual(home.Test.Models)))
            {
                StudySet set = home.TrainedOn(other.Train);
                Trial trial = Trial.Of(run.Trained("default", other), set.Test, [StudyResult.Shares[^1]]);
                StudyFigures figures = StudyFigures.Measure(set, trial);
                StudyResult atHome = run.Result("default", home);
                page.AppendLine(
                    $"| {other.Name} | {home.Name} | {Cells.Of(figures.WalkedGain, "F4")} | {Cells.Of(atHome.Figures.WalkedGain, "F4")} | {Cells.Of(Kept.Measure(set, trial.Kept[0]))} | {Cells.Of(atHome.Kept[^1])} | {Cells.Of(Kept.Measure(set, Trial.RandomMix(set).Kept[^1]))} |");
            }
        }

        return page.ToString();
    }
}
