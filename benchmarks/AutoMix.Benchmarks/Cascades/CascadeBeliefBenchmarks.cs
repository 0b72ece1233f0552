using AutoMix.Benchmarks.TraceStudy;
using BenchmarkDotNet.Attributes;

namespace AutoMix.Benchmarks.Cascades;

/// <summary>The live belief of one request to five models (256 numbers), update by update, and the decisions made on it.</summary>
[MemoryDiagnoser]
public class CascadeBeliefBenchmarks
{
    private const int Models = 5;
    private readonly CascadeHistory _answered = new(Models);
    private readonly CascadeHistory _history = new(Models);
    private CascadeModel _model = null!;
    private CascadeObjective _objective;
    private CascadePlan _table = null!;

    [GlobalSetup]
    public void Setup()
    {
        _model = CascadeTrainer.Fit(TraceTable.Read(Path.Combine(TraceFolder.Find(), "mmlu.llama.train.jsonl.gz")), new CascadeFitOptions());
        _objective = new CascadeObjective(0.1 / _model.AnswerCost(Models - 1).Dollars);
        _table = _model.Solve(_objective);
        _answered.RecordAnswer(0);
        _answered.RecordConfidence(0, 0.6);
        _answered.RecordAnswer(1);
        _answered.RecordConfidence(1, 0.7);
    }

    /// <summary>Five answers and their five confidences; the figure is the mean of the ten updates.</summary>
    [Benchmark(OperationsPerInvoke = 2 * Models)]
    public double Update()
    {
        _history.Reset();
        double last = 0;
        for (int m = 0; m < Models; m++)
        {
            _history.RecordAnswer(m, agreesWith: m % 2 == 0 ? m - 2 : -1);
            _history.Belief(_model);
            _history.RecordConfidence(m, 0.5 + (m / 10.0));
            last = _history.Belief(_model).Weights[0][0];
        }

        return last;
    }

    /// <summary>Five answers; the figure is the mean of the five updates.</summary>
    [Benchmark(OperationsPerInvoke = Models)]
    public double UpdateByAnswer()
    {
        _history.Reset();
        for (int m = 0; m < Models; m++)
        {
            _history.RecordAnswer(m, agreesWith: m % 2 == 0 ? m - 2 : -1);
            _history.Belief(_model);
        }

        return _history.Belief(_model).Weights[0][0];
    }

    [Benchmark]
    public CascadeAction Decide_Table() => _table.Decide(_answered);

    [Benchmark]
    public CascadeAction Decide_LookAhead() => GreedySolver.Decide(_model, _objective, _answered);
}
