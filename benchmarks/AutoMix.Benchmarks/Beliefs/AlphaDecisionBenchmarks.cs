using AutoMix.Pomdps;
using BenchmarkDotNet.Attributes;

namespace AutoMix.Benchmarks.Beliefs;

/// <summary>A decision among 200 alpha vectors over 32 states.</summary>
[MemoryDiagnoser]
public class AlphaDecisionBenchmarks
{
    private AlphaVectorPolicy _policy = null!;
    private double[] _belief = [];

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _policy = new AlphaVectorPolicy(Enumerable.Range(0, 200).Select(i => new AlphaVector(i % 4, Enumerable.Range(0, 32).Select(_ => random.NextDouble()).ToArray().AsSpan())));
        _belief = [.. Enumerable.Repeat(1 / 32.0, 32)];
    }

    [Benchmark]
    public int Decide() => _policy.Action(_belief);
}
