using System.Globalization;
using AutoMix.Tool.Collect.Grading;
using AutoMix.Tool.Providers;

namespace AutoMix.Tool.Collect;

/// <summary>One run of <c>automix collect</c>: puts the parts together, runs them, writes the traces.</summary>
internal sealed record CollectRun
{
    public required string Questions { get; init; }

    public required ToolConfiguration Configuration { get; init; }

    public required string Output { get; init; }

    public required string Journal { get; init; }

    public required GradeKind Grade { get; init; }

    public required string? Judge { get; init; }

    /// <summary>Names of the providers to ask; empty for all but the judge.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    public required decimal? MaxCost { get; init; }

    public required TimeProvider Time { get; init; }

    /// <param name="show">Shows progress until a task ends; null for nobody looks.</param>
    /// <param name="cancellationToken">Keeps calls from starting; what runs is waited for, and what is there is written.</param>
    public async Task<CollectReport> RunAsync(Func<CollectProgress, Task, Task>? show, CancellationToken cancellationToken)
    {
        IReadOnlyList<Question> questions = await QuestionFile.ReadAsync(Questions, cancellationToken).ConfigureAwait(false);
        CheckReferences(questions);
        IReadOnlyList<ProviderOptions> asked = Asked();
        ProviderOptions? judge = Grade != GradeKind.Judge ? null : Find(Judge ?? throw new ArgumentException("--grade judge needs --judge with the name of a provider."));
        CheckPrices(judge is null ? asked : [.. asked, judge]);
        using Journal journal = Collect.Journal.Open(Journal);
        int underWay = journal.UnderWay;
        decimal before = journal.Spent;
        var clients = new Dictionary<string, ModelUnderCollection>(StringComparer.Ordinal);
        try
        {
            foreach (ProviderOptions provider in judge is null ? asked : [.. asked, judge])
            {
                if (!clients.ContainsKey(provider.Name))
                {
                    clients[provider.Name] = new ModelUnderCollection(provider, ProviderClients.Create(provider, Configuration.Folder), Configuration.PriceOf(provider.Name));
                }
            }

            var progress = new CollectProgress(questions.Count * asked.Count, before, Time);
            var cap = new CostCap(MaxCost, before + journal.UnderWayCost);
            var calls = new PaidCalls(journal, cap, Configuration.Pipeline.AttemptTimeout, Time, progress);
            var collection = new Collection(
                new CollectionParts
                {
                    Questions = questions,
                    Models = [.. asked.Select(provider => clients[provider.Name])],
                    Calls = calls,
                    Verifier = Configuration.Verification.Create(),
                    AsksLogProbabilities = Configuration.Verification.Confidence == ConfidenceSource.AnswerProbability,
                    Grade = Grade,
                    Judge = judge is null ? null : new GradingModel(calls, clients[judge.Name]),
                    Progress = progress,
                },
                cancellationToken);
            Task running = collection.RunAsync();
            if (show is not null)
            {
                await show(progress, running).ConfigureAwait(false);
            }

            await running.ConfigureAwait(false);
            TraceRecord[] records = [.. collection.Records()];
            TraceWriter.Write(Output, records);
            return new CollectReport
            {
                Output = Output,
                Questions = questions.Count,
                Complete = records.Length,
                Calls = progress.Calls,
                Cost = progress.Spent,
                CostSoFar = journal.Spent,
                Models = [.. asked.Select((provider, index) => Summary(provider.Name, index, records, collection.Failed(index)))],
                Stopped = collection.Stopped,
                Warnings = [.. Warnings(asked, underWay, journal.UnderWayCost), .. collection.Problems],
            };
        }
        finally
        {
            foreach (ModelUnderCollection model in clients.Values)
            {
                model.Dispose();
            }
        }
    }

    private IReadOnlyList<ProviderOptions> Asked() => Models.Count > 0
        ? [.. Models.Select(Find)]
        : [.. Configuration.Providers.Where(provider => Grade != GradeKind.Judge || provider.Name != Judge)];

    private ProviderOptions Find(string name) => Configuration.Providers.FirstOrDefault(provider => provider.Name == name)
        ?? throw new ArgumentException($"There is no provider '{name}' in the configuration. There are {string.Join(", ", Configuration.Providers.Select(provider => provider.Name))}.");

    private void CheckReferences(IReadOnlyList<Question> questions)
    {
        if (Grade != GradeKind.Judge && questions.FirstOrDefault(question => question.References.Count == 0) is { } without)
        {
            throw new FormatException($"The question '{without.Id}' has no reference to grade by. Give it one, or let another model grade with --grade judge --judge NAME.");
        }
    }

    private void CheckPrices(IReadOnlyList<ProviderOptions> providers)
    {
        if (MaxCost is not null && providers.FirstOrDefault(provider => Configuration.PriceOf(provider.Name) is null) is { } unpriced)
        {
            throw new ArgumentException(
                $"--max-cost needs the price of every model, and '{unpriced.Name}' has none. Set InputPrice and OutputPrice (dollars per million tokens, 0 for free) under AutoMix:Models:{unpriced.Name}.");
        }
    }

    private static CollectReport.CollectedModel Summary(string name, int index, TraceRecord[] records, int failed)
    {
        TraceAnswer[] answers = [.. records.Select(record => record.Answers[index])];
        return new(
            name,
            answers.Length == 0 ? null : answers.Average(answer => answer.Quality),
            answers.Sum(answer => answer.AnswerCost),
            answers.Sum(answer => answer.VerifyCost),
            answers.Count(answer => answer.Confidence is null),
            failed);
    }

    private IEnumerable<string> Warnings(IReadOnlyList<ProviderOptions> asked, int underWay, decimal underWayCost)
    {
        foreach (ProviderOptions provider in asked.Where(provider => Configuration.PriceOf(provider.Name) is null))
        {
            yield return $"{provider.Name} has no price, so its costs are written as 0. Set InputPrice and OutputPrice under AutoMix:Models:{provider.Name}.";
        }

        if (underWay > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{underWay} calls were under way when the last run ended. They are asked again under the same idempotency key; where the provider does not honour it, up to ${underWayCost:0.######} is paid twice.");
        }
    }
}
