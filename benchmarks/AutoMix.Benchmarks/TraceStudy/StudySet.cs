using AutoMix.Estimation;
using AutoMix.Metrics;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>One chain of models on one data set: training and test traces, and what single models reach.</summary>
internal sealed class StudySet
{
    public StudySet(string name, TraceTable train, TraceTable test)
    {
        Name = name;
        Train = train;
        Test = test;
        TrainSingles = [.. CrossValidation.Singles(train).Select(single => new CostQuality(single.Accuracy, single.CostPerQuery))];
        TestSingles = [.. CrossValidation.Singles(test).Select(single => new CostQuality(single.Accuracy, single.CostPerQuery))];
        Best = Enumerable.Range(0, TestSingles.Length).OrderByDescending(m => TestSingles[m].Accuracy).ThenBy(m => TestSingles[m].Cost).First();
        BestAlone = PolicyEvaluation.Run(ThresholdPolicy.Always(test.Models, Best), test);
    }

    public string Name { get; }

    public TraceTable Train { get; }

    public TraceTable Test { get; }

    public CostQuality[] TrainSingles { get; }

    public CostQuality[] TestSingles { get; }

    /// <summary>The best single model on the test set: what everything is measured against.</summary>
    public int Best { get; }

    public PolicyEvaluation BestAlone { get; }

    /// <summary>All pairs NAME.train.jsonl[.gz] and NAME.test.jsonl[.gz] of a folder.</summary>
    public static IReadOnlyList<StudySet> ReadAll(string folder)
    {
        StudySet[] sets = [.. Directory.EnumerateFiles(folder, "*.train.jsonl*").Order(StringComparer.Ordinal).Select(train =>
            new StudySet(
                Path.GetFileName(train)[..Path.GetFileName(train).IndexOf(".train.", StringComparison.Ordinal)],
                TraceTable.Read(train),
                TraceTable.Read(train.Replace(".train.", ".test.", StringComparison.Ordinal))))];
        return sets.Length > 0 ? sets : throw new ArgumentException($"There is no *.train.jsonl or *.train.jsonl.gz in '{folder}'. Give a folder of training and test traces with --traces.");
    }
}
