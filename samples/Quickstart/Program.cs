using System.ClientModel;
using AutoMix;
using AutoMix.Quickstart;
using Spectre.Console;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    QuickstartArguments arguments = QuickstartArguments.Parse(args);
    IQuickstartRun run = arguments switch
    {
        { Ollama: true } => ServerRun.OnOllama(arguments),
        { Endpoint: not null } => ServerRun.OnEndpoint(arguments),
        _ => new SimulatedRun(arguments.Requests ?? SimulatedRun.DefaultRequests),
    };
    await run.RunAsync(AnsiConsole.Console, stop.Token);
    return 0;
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(QuickstartArguments.Usage);
    return 2;
}
catch (Exception e) when (e is AutoMixException or HttpRequestException or ClientResultException or AggregateException)
{
    // No model answered: the message names each one and what it said.
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
