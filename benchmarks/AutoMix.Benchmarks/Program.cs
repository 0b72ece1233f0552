using AutoMix.Benchmarks.TraceStudy;
using BenchmarkDotNet.Running;

if (args is ["traces", ..])
{
    return Study.Run(args);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
