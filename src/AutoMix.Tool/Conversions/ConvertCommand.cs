using System.CommandLine;
using System.Globalization;
using AutoMix.Tool.Collect.Grading;
using AutoMix.Tool.Providers;
using Spectre.Console;

namespace AutoMix.Tool.Conversions;

/// <summary>automix convert: from what others have logged to traces.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var from = new Option<LogFormat>("--from") { Description = "routerbench (also rewrites traces), reference (the AutoMix paper's table), litellm, openai or opentelemetry.", Required = true };
        var input = new Option<FileInfo[]>("--input") { Description = "One or more files; JSON lines may be compressed.", Required = true, AllowMultipleArgumentsPerToken = true };
        var output = new Option<FileInfo>("--output") { Description = "Where to write the traces (.jsonl or .jsonl.gz).", Required = true };
        var models = new Option<string[]>("--models") { Description = "For logs: the models to keep, cheapest first. Default: all, as they appear.", AllowMultipleArgumentsPerToken = true };
        var questions = new Option<FileInfo?>("--questions") { Description = "For logs: questions with references, as for collect, found by id or prompt." };
        var grade = new Option<GradeKind>("--grade") { Description = "For logs: when an answer is correct: exact, normalised, choice, numeric or regex.", DefaultValueFactory = _ => GradeKind.Normalised };
        var reference = new Option<string?>("--reference-model") { Description = "For logs without references: the model whose answers count as correct." };
        var config = new Option<FileInfo?>("--config") { Description = "For logs that do not say what a call costs: a configuration file with prices." };
        var small = new Option<string>("--slm-column") { Description = "reference: the column with the small model's score.", DefaultValueFactory = _ => "llama13b_f1" };
        var large = new Option<string>("--llm-column") { Description = "reference: the column with the large model's score.", DefaultValueFactory = _ => "llama70b_f1" };
        var verifier = new Option<string>("--verifier-column") { Description = "reference: the column with the verifier's confidence.", DefaultValueFactory = _ => "p_ver_13b" };
        var smallCost = new Option<double>("--slm-cost") { Description = "reference: what the small model costs.", DefaultValueFactory = _ => 1 };
        var largeCost = new Option<double>("--llm-cost") { Description = "reference: what the large model costs.", DefaultValueFactory = _ => 50 };
        var verifierCost = new Option<double>("--verifier-cost") { Description = "reference: what a verification costs.", DefaultValueFactory = _ => 1 };
        Option<bool> json = CommandAction.Json();
        var command = new Command(
            "convert",
            "Turn what others have logged into traces.\n\n"
            + "Examples:\n  automix convert --from routerbench --input routerbench_0shot.csv --output traces.jsonl.gz\n"
            + "  automix convert --from reference --input automix_inputs.csv --output traces.jsonl\n"
            + "  automix convert --from litellm --input log.jsonl --models gpt-4o-mini gpt-4o --reference-model gpt-4o --output traces.jsonl\n"
            + "  automix convert --from openai --input requests.jsonl outputs.jsonl --questions questions.jsonl --config automix.json --output traces.jsonl")
        {
            from, input, output, models, questions, grade, reference, config, small, large, verifier, smallCost, largeCost, verifierCost, json,
        };
        command.SetAction((result, cancellationToken) => CommandAction.GuardAsync(result, async () =>
        {
            var conversion = new Conversion
            {
                Format = result.GetValue(from),
                Inputs = [.. result.GetValue(input)!.Select(file => file.FullName)],
                Output = result.GetValue(output)!.FullName,
                Models = result.GetValue(models) ?? [],
                Questions = result.GetValue(questions)?.FullName,
                Grade = result.GetValue(grade) is not GradeKind.Judge and var kind ? kind : throw new ArgumentException("A log is graded by rule. Use --grade exact, normalised, choice, numeric or regex."),
                ReferenceModel = result.GetValue(reference),
                Configuration = result.GetValue(config) is { } file ? ToolConfiguration.Load(file) : null,
                Table = new ReferenceTable
                {
                    SmallColumn = result.GetValue(small)!,
                    LargeColumn = result.GetValue(large)!,
                    VerifierColumn = result.GetValue(verifier)!,
                    SmallCost = result.GetValue(smallCost),
                    LargeCost = result.GetValue(largeCost),
                    VerifierCost = result.GetValue(verifierCost),
                },
            };
            CommandAction.Print(result, json, await conversion.RunAsync(cancellationToken).ConfigureAwait(false), Print);
            return ExitCodes.Success;
        }));
        return command;
    }

    private static void Print(ConvertReport report, IAnsiConsole console)
    {
        foreach (string warning in report.Warnings)
        {
            console.MarkupLine($"[yellow]warning:[/] {SafeText.Text(warning)}");
        }

        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture, $"{report.Records:N0} records of {SafeText.Text(string.Join(", ", report.Models))} written to {SafeText.Text(report.Output)}."));
    }
}
