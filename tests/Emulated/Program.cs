using System.Reflection;
using System.Runtime.InteropServices;
using AutoMix.Emulated;
using Xunit.Sdk;

// Runs every test of this assembly in this process and prints the counts; the exit code is the number of failures.
var results = new ResultSink();
var name = new AssemblyName(Assembly.GetExecutingAssembly().FullName!);
using (var framework = new XunitTestFramework(results))
{
    var options = new RunOptions();
    framework.GetExecutor(name).RunAll(results, options, options);
    results.Finished.Wait();
}

Console.WriteLine($"{RuntimeInformation.ProcessArchitecture}: {results.Passed} passed, {results.Failed} failed, {results.Skipped} skipped");
return Math.Min(results.Failed, 100) + (results.Passed == 0 ? 1 : 0);
