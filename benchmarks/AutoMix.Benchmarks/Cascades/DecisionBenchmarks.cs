using AutoMix.Benchmarks.TraceStudy;
using AutoMix.Evaluation;
using AutoMix.Policies;
using BenchmarkDotNet.Attributes;

namespace AutoMix.Benchmarks.Cascades;

/// <summary>
/// A policy run over 1,531 recorded queries to five models on one core, as <c>evaluate</c> does: every query is several
/// decisions, counted in <see cref="Decisions"/>.
/// </summary>
[MemoryDiagnoser]
public class DecisionBenchmarks
{
    private TraceTable _test = null!;
    private ICascadePolicy _plan = null!;
    private ICascadePolicy _default = null!;

    [GlobalSetup]
    public void Setup()
    {
        string folder = TraceFolder.Find();
        TraceTable train = TraceTable.Read(Path.Combine(folder, "mmlu.llama.train.jsonl.gz"));
        _test = TraceTable.Read(Path.Combine(folder, "mmlu.llama.test.jsonl.gz"));
        _plan = CascadeTrainer.Fit(train, new CascadeFitOptions()).Solve(Goal.KeepQuality(0.98));
        _default = PolicyRegistry.Get("default").Train(train).For(Goal.KeepQuality(0.98));
        Console.WriteLine($"// Decisions in one run: plan {Decisions(_plan)}, default {Decisions(_default)}");
    }

    [Benchmark]
    public PolicyEvaluation Evaluate_OnePlan() => PolicyEvaluation.Run(_plan, _test);

    [Benchmark]
    public PolicyEvaluation Evaluate_Default() => PolicyEvaluation.Run(_default, _test);

    private int Decisions(ICascadePolicy policy)
    {
        int count = 0;
        var history = new CascadeHistory(_test.ModelCount);
        for (int row = 0; row < _test.RowCount; row++)
        {
            CascadeReplay.Run(policy, _test, row, history, _ => count++);
        }

        return count;
    }
}
