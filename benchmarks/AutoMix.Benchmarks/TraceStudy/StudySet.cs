using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>One chain of models on one data set: training and test traces, and what single models reach.</summary>
internal sealed class StudySet
{
    /// <exception cref="ArgumentException">The tables are not of the same models.</exception>
    public StudySet(string name, TraceTable train, TraceTable test)
    {
        if (!train.Models.SequenceEqual(test.Models))
        {
            throw new ArgumentException($"{name}: the training traces are for the models [{string.Join(", ", train.Models)}], the test traces for [{string.Join(", ", test.Models)}].");
        }

        Name = name;
        Train = train;
        Test = test;
        TrainSingles = [.. CrossValidation.Singles(train).Select(single => new CostQuality(single.Accuracy, single.CostPerQuery))];
        Alone = [.. Enumerable.Range(0, test.ModelCount).Select(m => PolicyEvaluation.Run(ThresholdPolicy.Always(test.Models, m), test))];
        TestSingles = [.. Alone.Select(alone => alone.Mean)];
        Best = Enumerable.Range(0, TestSingles.Length).OrderByDescending(m => TestSingles[m].Accuracy).ThenBy(m => TestSingles[m].Cost).First();
    }

    public string Name { get; }

    public TraceTable Train { get; }

    public TraceTable Test { get; }

    public CostQuality[] TrainSingles { get; }

    public CostQuality[] TestSingles { get; }

    /// <summary>Each single model on the test queries.</summary>
    public PolicyEvaluation[] Alone { get; }

    /// <summary>The best single model on the test set: what everything is measured against.</summary>
    public int Best { get; }

    private TraceTable? BareTrain { get; init; }

    /// <summary>The same set, whose training traces have no embeddings.</summary>
    public StudySet WithoutEmbeddings() => new(Name, BareTrain ?? Train, Test);

    /// <summary>The same set without one of its models.</summary>
    public StudySet Without(int model)
    {
        int[] rest = [.. Enumerable.Range(0, Test.ModelCount).Where(m => m != model)];
        return new(Name, Train.SelectModels(rest), Test.SelectModels(rest));
    }

    /// <summary>The same set with other training traces.</summary>
    public StudySet TrainedOn(TraceTable train) => new(Name, train, Test);

    /// <summary>
    /// All pairs NAME.train.jsonl[.gz] and NAME.test.jsonl[.gz] of a folder, or only those of the names given; with embeddings
    /// of the prompts where these were recorded.
    /// </summary>
    public static async Task<IReadOnlyList<StudySet>> ReadAllAsync(string folder, string[]? names, EmbeddingFile embeddings)
    {
        var sets = new List<StudySet>();
        foreach (string path in Directory.EnumerateFiles(folder, "*.train.jsonl*").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path)[..Path.GetFileName(path).IndexOf(".train.", StringComparison.Ordinal)];
            if (names is null || names.Contains(name))
            {
                TraceTable train = TraceTable.Read(path);
                TraceTable test = TraceTable.Read(path.Replace(".train.", ".test.", StringComparison.Ordinal));
                bool prompts = HasPrompts(train) && HasPrompts(test);
                sets.Add(new StudySet(
                    name,
                    prompts ? await embeddings.EmbedAsync(train).ConfigureAwait(false) : train,
                    prompts ? await embeddings.EmbedAsync(test).ConfigureAwait(false) : test)
                { BareTrain = train });
            }
        }

        return sets.Count > 0 ? sets : throw new ArgumentException($"There is no *.train.jsonl or *.train.jsonl.gz of these sets in '{folder}'. Give a folder of training and test traces with --traces.");
    }

    private static bool HasPrompts(TraceTable table) => Enumerable.Range(0, table.RowCount).All(row => table.Prompt(row).Length > 0);
}
