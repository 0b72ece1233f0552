using Spectre.Console;

namespace AutoMix.Quickstart;

/// <summary>One way to see the main job: on simulated models or on a server.</summary>
internal interface IQuickstartRun
{
    Task RunAsync(IAnsiConsole console, CancellationToken cancellationToken);
}
