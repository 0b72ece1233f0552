using System.CommandLine;
using AutoMix.Tool;

// Calls that are paid for are waited for on Ctrl+C, within reason.
return await AutomixCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
