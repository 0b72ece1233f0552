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

    private TraceTable? BareTrain { get; init; }

    /// <summary>The same set, whose training traces have no embeddings.</summary>
    public StudySet WithoutEmbeddings() => new(Name, BareTrain ?? Train, Test);

    /// <summary>All pairs NAME.train.jsonl[.gz] and NAME.test.jsonl[.gz] of a folder, or only those of the names given, with embeddings of the prompts.</summary>
    public static async Task<IReadOnlyList<StudySet>> ReadAllAsync(string folder, string[]? names, EmbeddingFile embeddings)
    {
        var sets = new List<StudySet>();
        foreach (string train in Directory.EnumerateFiles(folder, "*.train.jsonl*").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(train)[..Path.GetFileName(train).IndexOf(".train.", StringComparison.Ordinal)];
            if (names is null || names.Contains(name))
            {
                TraceTable bare = TraceTable.Read(train);
                sets.Add(new StudySet(
                    name,
                    await embeddings.EmbedAsync(bare).ConfigureAwait(false),
                    await embeddings.EmbedAsync(TraceTable.Read(train.Replace(".train.", ".test.", StringComparison.Ordinal))).ConfigureAwait(false))
                { BareTrain = bare });
            }
        }

        return sets.Count > 0 ? sets : throw new ArgumentException($"There is no *.train.jsonl or *.train.jsonl.gz of these sets in '{folder}'. Give a folder of training and test traces with --traces.");
    }
}
