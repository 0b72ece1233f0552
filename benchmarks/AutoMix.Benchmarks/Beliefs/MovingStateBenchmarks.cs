using System.Numerics.Tensors;
using AutoMix.Beliefs;
using BenchmarkDotNet.Attributes;
using MathNet.Numerics.LinearAlgebra;

namespace AutoMix.Benchmarks.Beliefs;

/// <summary>A dense transition: one belief and 64 at once, against MathNet and the plain TensorPrimitives loop.</summary>
[MemoryDiagnoser]
public class MovingStateBenchmarks
{
    private const int Batch = 64;

    private double[] _transitions = [];
    private double[] _belief = [];
    private double[] _likelihood = [];
    private double[] _destination = [];
    private double[] _batch = [];
    private double[] _batchDestination = [];
    private double[] _evidence = [];
    private Matrix<double> _matrix = null!;
    private Vector<double> _vector = null!;
    private Vector<double> _likelihoodVector = null!;

    [Params(32, 256, 1024, 4096)]
    public int States { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _transitions = [.. Enumerable.Range(0, States * States).Select(_ => random.NextDouble() / States)];
        _belief = [.. Enumerable.Repeat(1.0 / States, States)];
        _likelihood = [.. Enumerable.Range(0, States).Select(_ => random.NextDouble())];
        _destination = new double[States];
        _batch = [.. Enumerable.Repeat(1.0 / States, States * Batch)];
        _batchDestination = new double[States * Batch];
        _evidence = new double[Batch];
        _matrix = Matrix<double>.Build.Dense(States, States, (r, c) => _transitions[(c * States) + r]);
        _vector = Vector<double>.Build.Dense(_belief);
        _likelihoodVector = Vector<double>.Build.Dense(_likelihood);
    }

    [Benchmark(Baseline = true)]
    public bool Update() => TransitionKernels.TryUpdate(_belief, _transitions, _likelihood, _destination, out _);

    [Benchmark]
    public void PlainTensorPrimitives()
    {
        Array.Clear(_destination);
        for (int s = 0; s < States; s++)
        {
            TensorPrimitives.MultiplyAdd(_transitions.AsSpan(s * States, States), _belief[s], _destination, _destination);
        }

        TensorPrimitives.Multiply(_destination, _likelihood, _destination);
        TensorPrimitives.Divide(_destination, TensorPrimitives.Sum<double>(_destination), _destination);
    }

    [Benchmark]
    public Vector<double> MathNet()
    {
        Vector<double> next = (_matrix * _vector).PointwiseMultiply(_likelihoodVector);
        return next / next.Sum();
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public int UpdateBatchPerBelief() => TransitionKernels.UpdateBatch(_batch, Batch, _transitions, _likelihood, _batchDestination, _evidence);
}
