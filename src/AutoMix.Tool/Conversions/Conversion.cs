using System.Globalization;
using AutoMix.Tool.Collect;
using AutoMix.Tool.Collect.Grading;
using AutoMix.Tool.Providers;

namespace AutoMix.Tool.Conversions;

/// <summary>One run of <c>automix convert</c>.</summary>
internal sealed record Conversion
{
    public required LogFormat Format { get; init; }

    public required IReadOnlyList<string> Inputs { get; init; }

    public required string Output { get; init; }

    public required ReferenceTable Table { get; init; }

    /// <summary>Names of the models to keep, cheapest first; empty for all, as they appear.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The question file to grade by; null where a model is the reference.</summary>
    public required string? Questions { get; init; }

    public required GradeKind Grade { get; init; }

    public required string? ReferenceModel { get; init; }

    /// <summary>Where prices are; null for none.</summary>
    public required ToolConfiguration? Configuration { get; init; }

    public async Task<ConvertReport> RunAsync(CancellationToken cancellationToken)
    {
        foreach (string input in Inputs.Where(input => !File.Exists(input)))
        {
            throw new FileNotFoundException($"There is no file '{input}'.");
        }

        return Format switch
        {
            LogFormat.RouterBench => Write(Inputs.SelectMany(TraceFiles.Read), []),
            LogFormat.Reference => Write(Inputs.SelectMany(Table.Read), []),
            _ => await JoinAsync(cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<ConvertReport> JoinAsync(CancellationToken cancellationToken)
    {
        var join = new LogJoin();
        foreach (LoggedCall? call in Format switch
        {
            LogFormat.LiteLlm => Inputs.SelectMany(LiteLlmLog.Read),
            LogFormat.OpenAI => OpenAILog.Read(Inputs),
            _ => Inputs.SelectMany(OpenTelemetryLog.Read),
        })
        {
            join.Add(call);
        }

        IReadOnlyList<string> models = Models.Count > 0 ? Models : join.Models;
        foreach (string model in (ReferenceModel is null ? models : models.Append(ReferenceModel)).Where(model => !join.Models.Contains(model)))
        {
            throw new FormatException($"The log has no answer of '{model}'. It has answers of [{string.Join(", ", join.Models)}].");
        }

        var grade = (Questions, ReferenceModel) switch
        {
            ({ } file, null) => LogJoin.ByReferences(await QuestionFile.ReadAsync(file, cancellationToken).ConfigureAwait(false), Grade),
            (null, { } model) => LogJoin.ByModel(model, Grade),
            _ => throw new ArgumentException("A log does not say which answers are correct. Give --questions with references, or --reference-model with the name of a model whose answers count as correct."),
        };
        Func<string, ModelPrice?> priceOf = model => Configuration?.PriceOf(model);
        List<string> warnings = [.. join.Unpriced(models, priceOf).Select(model => $"The log does not say what '{model}' costs, so 0 is written. Give its price with --config, under AutoMix:Models:{model}.")];
        if (join.Skipped > 0)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{join.Skipped} entries are no single question with an answer in text, and are left out."));
        }

        ConvertReport report = Write(join.Records(models, priceOf, grade), warnings);
        if (report.Records < join.Questions)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{join.Questions - report.Records} of {join.Questions} questions have no answer of some model, or no reference, and are left out."));
        }

        return report;
    }

    private ConvertReport Write(IEnumerable<TraceRecord> records, List<string> warnings)
    {
        int count = 0;
        IReadOnlyList<string> models = [];
        TraceWriter.Write(Output, records.Select(record =>
        {
            count++;
            models = count == 1 ? [.. record.Answers.Select(answer => answer.Model)] : models;
            return record;
        }));
        return new ConvertReport { Output = Output, Records = count, Models = models, Warnings = warnings };
    }
}
