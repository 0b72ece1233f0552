using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Spectre.Console;

namespace AutoMix.Quickstart;

/// <summary>
/// The whole way on models that are drawn, not asked: learn a plan from labelled questions, put the plan into the pipeline,
/// send requests through it.
/// </summary>
internal sealed class SimulatedRun(int requests) : IQuickstartRun
{
    public const int DefaultRequests = 1000;
    private const int LabelledQuestions = 1000;
    private const double KeepQuality = 0.98;

    // Coarser than the default of five, so that even an unoptimised build learns within two seconds.
    private const int ConfidenceBins = 3;

    // On a terminal the table should be seen to move; a thousand requests would otherwise be over in a blink.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly IReadOnlyList<SimulatedModel> _models = SimulatedModel.LlamaOnTrivia;

    public async Task RunAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        TextWriter output = console.Profile.Out.Writer;
        output.WriteLine("Simulated models: nothing is asked and nothing is paid. Accuracies, prices, confidences and how the models");
        output.WriteLine("hang together were measured on five Llama models answering trivia questions.");
        foreach (SimulatedModel model in _models)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {model.Name,-10} right {model.Accuracy:0.0%}, ${model.DollarsPerMillionTokens:0.0} per million tokens"));
        }

        long started = Stopwatch.GetTimestamp();
        CascadePlan plan = Learn();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Learned from {LabelledQuestions} labelled questions in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s to keep {KeepQuality:0%} of the best model's quality ({plan.Solver})."));
        output.WriteLine();

        SimulatedQuestion[] questions = [.. QuestionGenerator.Generate(_models, requests, seed: 2)];
        var summary = new Summary([.. _models.Select(model => model.Name)]);
        bool pause = console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal;
        using IChatClient client = Build(plan, questions);
        await new RequestView(console).ShowAsync(SendAsync(client, questions, summary, pause, cancellationToken));
        summary.Show(console);
    }

    private CascadePlan Learn()
    {
        TraceTable labelled = TraceTable.From(
            QuestionGenerator.Generate(_models, LabelledQuestions, seed: 1).Select(question => question.ToTraceRecord()));
        return CascadeTrainer.Fit(labelled, new CascadeFitOptions { Bins = ConfidenceBins }).Solve(Goal.KeepQuality(KeepQuality));
    }

    private IChatClient Build(CascadePlan plan, IEnumerable<SimulatedQuestion> questions)
    {
        Dictionary<string, SimulatedQuestion> known = questions.ToDictionary(question => question.Id);
        return new SimulatedChatClient(_models[0], known).AsBuilder()
            .UseAutoMix(mix =>
            {
                mix.FirstModel(_models[0].Name, PriceOf(_models[0]));
                foreach (SimulatedModel model in _models.Skip(1))
                {
                    mix.AddModel(model.Name, new SimulatedChatClient(model, known), PriceOf(model));
                }

                mix.RouteWith(plan).VerifyWith(new PTrueVerifier(protocol: new SimulatedLogProbabilities()));
            })
            .Build();
    }

    private static ModelPrice PriceOf(SimulatedModel model) => ModelPrice.PerMillionTokens(model.DollarsPerMillionTokens, model.DollarsPerMillionTokens);

    private static async IAsyncEnumerable<RequestLine> SendAsync(
        IChatClient client,
        SimulatedQuestion[] questions,
        Summary summary,
        bool pause,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (SimulatedQuestion question in questions)
        {
            var options = new ChatOptions { AdditionalProperties = new() { [RequestTags.RequestId] = question.Id } };
            ChatResponse response = await client.GetResponseAsync(question.Text, options, cancellationToken);
            RoutingRecord record = response.GetRoutingRecord()!;
            bool isCorrect = response.Text.Contains(question.Truth, StringComparison.Ordinal);
            summary.Add(record.Model, isCorrect, record.Cost, question.Answers[^1].IsCorrect, question.Answers[^1].Cost);
            yield return new RequestLine(question.Text, RequestPath.Describe(record), response.Text, isCorrect, record.Cost);
            if (pause)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
