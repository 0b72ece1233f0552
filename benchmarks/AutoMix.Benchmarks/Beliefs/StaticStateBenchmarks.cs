using System.Numerics.Tensors;
using AutoMix.Beliefs;
using BenchmarkDotNet.Attributes;

namespace AutoMix.Benchmarks.Beliefs;

/// <summary>T = identity, 32 states: one belief, a thousand (in cache), a million (out of it), with the triad of the same machine beside them.</summary>
[MemoryDiagnoser]
public class StaticStateBenchmarks
{
    private const int States = 32;

    private float[] _beliefs = [];
    private float[] _likelihoods = [];
    private float[] _destination = [];
    private float[] _evidence = [];
    private double[] _belief = [];
    private double[] _likelihood = [];
    private double[] _result = [];

    [Params(1, 1_000, 1_000_000)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _beliefs = [.. Enumerable.Repeat(1f / States, Count * States)];
        _likelihoods = [.. Enumerable.Range(0, Count * States).Select(_ => 0.5f + random.NextSingle())];
        _destination = new float[Count * States];
        _evidence = new float[Count];
        _belief = [.. Enumerable.Repeat(1.0 / States, States)];
        _likelihood = [.. Enumerable.Range(0, States).Select(_ => 0.5 + random.NextDouble())];
        _result = new double[States];
    }

    [Benchmark]
    public int UpdateInPlace() => BeliefKernels.UpdateBatch(_beliefs, _likelihoods, States, _beliefs, _evidence);

    [Benchmark]
    public int UpdateToDestination() => BeliefKernels.UpdateBatch(_beliefs, _likelihoods, States, _destination, _evidence);

    [Benchmark]
    public bool UpdateOneDouble() => BeliefKernels.TryUpdate(_belief, _likelihood, _result, out _);

    [Benchmark]
    public void TensorPrimitivesThreePasses()
    {
        for (int i = 0; i < Count; i++)
        {
            Span<float> row = _destination.AsSpan(i * States, States);
            TensorPrimitives.Multiply(_beliefs.AsSpan(i * States, States), _likelihoods.AsSpan(i * States, States), row);
            TensorPrimitives.Divide(row, TensorPrimitives.Sum<float>(row), row);
        }
    }

    [Benchmark]
    public void Triad() => TensorPrimitives.MultiplyAdd(_likelihoods, 3f, _beliefs, _destination);
}
