using AutoMix.Benchmarks.TraceStudy;
using AutoMix.Evaluation;
using AutoMix.Policies;
using BenchmarkDotNet.Attributes;

namespace AutoMix.Benchmarks.Cascades;

/// <summary>
/// Training on 300 recorded queries to five models whose verification is paid for: one fit with everything given and 27 cost
/// weights, and the default with all that it chooses by cross-validation.
/// </summary>
[MemoryDiagnoser]
public class TrainingBenchmarks
{
    private readonly CascadeFitOptions _given = new();
    private TraceTable _traces = null!;
    private IReadOnlyList<CascadeObjective> _weights = [];

    [GlobalSetup]
    public void Setup()
    {
        _traces = TraceTable.Read(Path.Combine(TraceFolder.Find(), "triviaqa.llama.train.jsonl.gz"));
        _weights = CrossValidation.Objectives(_traces);
    }

    /// <summary>Counts, model, exact plans.</summary>
    [Benchmark]
    public IReadOnlyList<CascadePlan> Fit_27Weights() => CascadeModel.Fit(CascadeCounts.From(_traces), _given).Solve(_weights);

    [Benchmark]
    public ICascadePolicy Default_KeepQuality() => PolicyRegistry.Get("default").Train(_traces).For(Goal.KeepQuality(0.99));
}
