using System.Globalization;
using AutoMix.Policies;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>One run of the study. Whatever several sections need is trained and measured once, when it is first asked for.</summary>
internal sealed class StudyRun(IReadOnlyList<StudySet> sets, IReadOnlyList<PolicyFamily> families, string plots)
{
    private readonly Dictionary<(string Key, StudySet Set), TrainedFamily> _trained = [];
    private readonly Dictionary<(string Key, StudySet Set), StudyResult> _results = [];

    public IReadOnlyList<StudySet> Sets => sets;

    /// <summary>The folder of plots.</summary>
    public string Plots => plots;

    /// <summary>Keys of everything that has a row: baselines first, then the families that can be trained on every set.</summary>
    public IReadOnlyList<string> Rows { get; } =
    [
        .. PolicyRegistry.EvaluationOnly.Select(baseline => baseline.Key),
        .. families.Where(family => sets.All(set => family.Missing(set.Train) == PolicyNeeds.None)).Select(family => family.Key),
    ];

    /// <summary>The families without a row, and what the traces lack.</summary>
    public IReadOnlyList<string> LeftOut { get; } =
    [
        .. from family in families
           let lacking = sets.FirstOrDefault(set => family.Missing(set.Train) != PolicyNeeds.None)
           where lacking is not null
           select $"{family.Key} ({lacking.Name} lacks {family.Missing(lacking.Train)})",
    ];

    /// <summary>What a family or baseline reaches on a set.</summary>
    public StudyResult Result(string key, StudySet set)
    {
        if (!_results.TryGetValue((key, set), out StudyResult? result))
        {
            result = key switch
            {
                "random-mix" => StudyResult.Measure(key, set, Trial.RandomMix(set), 0),
                "oracle" => StudyResult.Measure(key, set, Trial.Oracle(set), 0),
                _ => Measure(key, set),
            };
            _results[(key, set)] = result;
        }

        return result;
    }

    /// <summary>A family, trained on a set.</summary>
    public TrainedFamily Trained(string key, StudySet set)
    {
        if (!_trained.TryGetValue((key, set), out TrainedFamily? trained))
        {
            _trained[(key, set)] = trained = PolicyRegistry.Get(key).Train(set.Train);
        }

        return trained;
    }

    private StudyResult Measure(string key, StudySet set)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        TrainedFamily trained = PolicyRegistry.Get(key).Train(set.Train);
        IReadOnlyList<OfferedPolicy> offered = trained.Offered();
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (key == "default")
        {
            // Others are asked for once; this one by most sections.
            _trained[(key, set)] = trained;
        }

        StudyResult result = StudyResult.Measure(key, set, Trial.Of(trained, offered, set.Test, StudyResult.Shares), seconds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set.Name} {key}: {seconds:F1} s, keep 99 % gives {result.Kept[^1]}"));
        return result;
    }
}
