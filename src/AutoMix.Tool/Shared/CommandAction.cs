using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace AutoMix.Tool;

/// <summary>What all commands share: JSON or tables, and one line on standard error for what is wrong with the input.</summary>
internal static class CommandAction
{
    private static readonly JsonSerializerOptions Reports = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };

    /// <summary>The option that turns tables into one JSON object.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object instead of tables." };

    /// <summary>Runs a command that makes a report, and prints it.</summary>
    public static void SetReport<T>(this Command command, Option<bool> json, Func<ParseResult, T> run, Action<T, IAnsiConsole> print) =>
        command.SetAction(result => Guard(result, () =>
        {
            Print(result, json, run(result), print);
            return ExitCodes.Success;
        }));

    /// <summary>Prints a report as one JSON object or as tables.</summary>
    public static void Print<T>(ParseResult result, Option<bool> json, T report, Action<T, IAnsiConsole> print)
    {
        TextWriter output = result.InvocationConfiguration.Output;
        if (result.GetValue(json))
        {
            output.WriteLine(JsonSerializer.Serialize(report, Reports));
        }
        else
        {
            print(report, Terminal(output));
        }
    }

    /// <summary>Input that cannot be used ends in one line on standard error and <see cref="ExitCodes.BadInput"/>.</summary>
    public static int Guard(ParseResult result, Func<int> run) => GuardAsync(result, () => Task.FromResult(run())).GetAwaiter().GetResult();

    /// <summary>The same for what takes its time.</summary>
    public static async Task<int> GuardAsync(ParseResult result, Func<Task<int>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e) when (e is FormatException or IOException or ArgumentException or UnauthorizedAccessException or InvalidOperationException
            or InvalidDataException or OverflowException)
        {
            result.InvocationConfiguration.Error.WriteLine(SafeText.Plain(e.Message));
            return ExitCodes.BadInput;
        }
    }

    /// <summary>A console that writes where the command was told to. Text that came from data goes through <see cref="Text"/>.</summary>
    public static IAnsiConsole Terminal(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
}
