using AutoMix.Benchmarks;
using AutoMix.Benchmarks.Beliefs;
using AutoMix.Benchmarks.Cascades;
using AutoMix.Benchmarks.LearningStudy;
using AutoMix.Benchmarks.Pipeline;
using AutoMix.Benchmarks.TraceStudy;
using BenchmarkDotNet.Running;

if (args is ["traces", ..])
{
    return await Study.RunAsync(StudyOptions.Parse(args.AsSpan(1)));
}

if (args is ["verifiers", string folder])
{
    VerifierStudy.Run(folder, Console.Out);
    Console.WriteLine();
    StoppingStudy.Run(folder, Console.Out);
    return 0;
}

if (args is ["learning", ..])
{
    LearningStudyRun.Run(args);
    return 0;
}

if (args is ["load"])
{
    await LoadRun.RunAsync(Console.Out);
    return 0;
}

if (args is ["growth"])
{
    Directory.CreateDirectory("docs/benchmarks");
    GrowthStudy.Run(Console.Out, "docs/benchmarks/growth.svg");
    return 0;
}

if (args is ["alpha", .. string[] folders])
{
    AlphaStudy.Run(folders, Console.Out);
    return 0;
}

if (args is ["bounds", string problems])
{
    BoundsStudy.Run(problems, "docs/benchmarks", Console.Out);
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
