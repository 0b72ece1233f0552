using System.CommandLine;
using System.Globalization;
using AutoMix.Tool.Collect.Grading;
using AutoMix.Tool.Providers;
using Spectre.Console;

namespace AutoMix.Tool.Collect;

/// <summary>automix collect: from questions and models to traces.</summary>
internal static class CollectCommand
{
    public static Command Create(TimeProvider? time = null)
    {
        var questions = new Option<FileInfo>("--questions") { Description = "Questions (.jsonl, .csv or .parquet) with the columns prompt, reference, and optionally id, system, dataset, split.", Required = true };
        var config = new Option<FileInfo>("--config") { Description = "The models, their prices and limits, and how answers are verified (JSON).", Required = true };
        var output = new Option<FileInfo>("--output") { Description = "Where to write the traces (.jsonl or .jsonl.gz).", Required = true };
        var journal = new Option<FileInfo?>("--journal") { Description = "Where every call is kept, raw; a run that finds it goes on from there. Default: the output with .journal behind it." };
        var grade = new Option<GradeKind>("--grade") { Description = "When an answer is correct: exact, normalised, choice, numeric, regex or judge.", DefaultValueFactory = _ => GradeKind.Normalised };
        var judge = new Option<string?>("--judge") { Description = "The name of the provider that grades, with --grade judge. It need not be one of the models." };
        var models = new Option<string[]>("--models") { Description = "Names of the providers to ask, cheapest first. Default: all but the judge.", AllowMultipleArgumentsPerToken = true };
        var maxCost = new Option<decimal?>("--max-cost") { Description = "The most dollars that all runs together may spend. 0 asks nothing and grades what the journal has." };
        Option<bool> json = CommandAction.Json();
        var command = new Command(
            "collect",
            "Ask every model every question, verify and grade the answers, and write traces. Stop it as you like and run it again: nothing is paid for twice.\n\n"
            + "Examples:\n  automix collect --questions questions.jsonl --config automix.json --output traces.jsonl.gz --grade normalised --max-cost 5\n"
            + "  automix collect --questions mmlu.csv --config automix.json --output traces.jsonl --grade choice --max-cost 0")
        {
            questions, config, output, journal, grade, judge, models, maxCost, json,
        };
        maxCost.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<decimal?>() < 0)
            {
                result.AddError("--max-cost is a number of dollars, 0 or more.");
            }
        });
        command.SetAction((result, cancellationToken) => CommandAction.GuardAsync(result, async () =>
        {
            FileInfo traces = result.GetValue(output)!;
            var run = new CollectRun
            {
                Questions = result.GetValue(questions)!.FullName,
                Configuration = ToolConfiguration.Load(result.GetValue(config)!),
                Output = traces.FullName,
                Journal = result.GetValue(journal)?.FullName ?? traces.FullName + ".journal",
                Grade = result.GetValue(grade),
                Judge = result.GetValue(judge),
                Models = result.GetValue(models) ?? [],
                MaxCost = result.GetValue(maxCost),
                Time = time ?? TimeProvider.System,
            };
            CollectReport report = await run.RunAsync(result.GetValue(json) ? null : Show(result.InvocationConfiguration.Error), cancellationToken).ConfigureAwait(false);
            CommandAction.Print(result, json, report, Print);
            return report.Stopped is null && report.Complete == report.Questions ? ExitCodes.Success : ExitCodes.Incomplete;
        }));
        return command;
    }

    // A live line where somebody looks at it; a log gets the summary at the end only.
    private static Func<CollectProgress, Task, Task>? Show(TextWriter error)
    {
        IAnsiConsole console = CommandAction.Terminal(error);
        return !console.Profile.Capabilities.Interactive || Console.IsErrorRedirected ? null : (progress, running) => console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask("starting", maxValue: Math.Max(1, progress.Answers));
                using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
                while (!running.IsCompleted)
                {
                    bar.Value = progress.Done;
                    bar.Description = SafeText.Text(progress.ToString());
                    await Task.WhenAny(running, tick.WaitForNextTickAsync().AsTask()).ConfigureAwait(false);
                }

                bar.Value = progress.Done;
                bar.Description = SafeText.Text(progress.ToString());
            });
    }

    private static void Print(CollectReport report, IAnsiConsole console)
    {
        var table = new Table().AddColumns("model", "accuracy", "dollars per 1,000", "verification", "no verdict", "failed");
        foreach (CollectReport.CollectedModel model in report.Models)
        {
            double perQuestion = 1.0 / Math.Max(1, report.Complete);
            table.AddRow(
                SafeText.Text(model.Model),
                Figures.Share(model.Accuracy),
                Figures.DollarsPerThousand(model.Cost * perQuestion),
                Figures.DollarsPerThousand(model.VerifyCost * perQuestion),
                model.Unknown.ToString(CultureInfo.InvariantCulture),
                model.Failed.ToString(CultureInfo.InvariantCulture));
        }

        console.Write(table);
        foreach (string warning in report.Warnings)
        {
            console.MarkupLine($"[yellow]warning:[/] {SafeText.Text(warning)}");
        }

        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Complete:N0} of {report.Questions:N0} questions written to {SafeText.Text(report.Output)}; {report.Calls:N0} calls for ${report.Cost:0.######} now, ${report.CostSoFar:0.######} in all."));
        if (report.Stopped is { } why)
        {
            console.MarkupLine($"[yellow]Ended early:[/] {SafeText.Text(why)}. Run the same command again to go on from here.");
        }
    }
}
