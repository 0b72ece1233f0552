using System.ClientModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OllamaSharp;
using OpenAI;
using Spectre.Console;

namespace AutoMix.Quickstart;

/// <summary>
/// The first day on real models: no data, self-verification against a documented threshold. The questions' answers are known,
/// so that quality can be counted.
/// </summary>
internal sealed class ServerRun : IQuickstartRun
{
    private static readonly string[] DefaultOllamaModels = ["llama3.2:1b", "llama3.1:8b"];
    private readonly IReadOnlyList<string> _models;
    private readonly IReadOnlyList<ModelPrice> _prices;
    private readonly Func<string, IChatClient> _client;
    private readonly int _requests;

    private ServerRun(IReadOnlyList<string> models, QuickstartArguments arguments, Func<string, IChatClient> client)
    {
        _models = models;
        _prices = arguments.Prices;
        _client = client;
        _requests = arguments.Requests ?? KnownQuestion.All.Count;
    }

    public static ServerRun OnEndpoint(QuickstartArguments arguments)
    {
        // Servers of one's own often want no key, but the client wants something to send.
        string key = Environment.GetEnvironmentVariable(arguments.KeyVariable) is { Length: > 0 } found ? found : "none";
        var server = new OpenAIClient(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = arguments.Endpoint });
        return new ServerRun(arguments.Models, arguments, model => server.GetChatClient(model).AsIChatClient());
    }

    public static ServerRun OnOllama(QuickstartArguments arguments) =>
        new(
            arguments.Models.Count > 0 ? arguments.Models : DefaultOllamaModels,
            arguments,
            model => new OllamaApiClient(new Uri("http://localhost:11434"), model));

    public async Task RunAsync(IAnsiConsole console, CancellationToken cancellationToken)
    {
        console.Profile.Out.Writer.WriteLine($"Models: {string.Join(", ", _models)}. No data yet: answers verify themselves.");
        var summary = new Summary(_models);
        using IChatClient client = Build();
        using IChatClient large = _client(_models[^1]);
        await new RequestView(console).ShowAsync(SendAsync(client, large, summary, cancellationToken));
        summary.Show(console);
    }

    private IChatClient Build() => _client(_models[0]).AsBuilder()
        .UseAutoMix(mix =>
        {
            mix.FirstModel(_models[0], _prices.Count > 0 ? _prices[0] : null);
            for (int m = 1; m < _models.Count; m++)
            {
                mix.AddModel(_models[m], _client(_models[m]), _prices.Count > 0 ? _prices[m] : null);
            }

            mix.VerifyWith(Verifiers.SelfVerification());
        })
        .Build();

    private async IAsyncEnumerable<RequestLine> SendAsync(
        IChatClient client,
        IChatClient large,
        Summary summary,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < _requests; i++)
        {
            KnownQuestion question = KnownQuestion.All[i % KnownQuestion.All.Count];
            ChatMessage[] messages =
            [
                new(ChatRole.System, "Answer the question in a few words."),
                new(ChatRole.User, question.Text),
            ];
            ChatResponse response = await client.GetResponseAsync(messages, cancellationToken: cancellationToken);
            ChatResponse always = await large.GetResponseAsync(messages, cancellationToken: cancellationToken);
            RoutingRecord record = response.GetRoutingRecord()!;
            decimal? cost = _prices.Count > 0 ? record.Cost : null;
            decimal? costOfLarge = _prices.Count > 0 && always.Usage is { } usage ? _prices[^1].CostOf(usage) : null;
            bool isCorrect = question.IsAnsweredBy(response.Text);
            summary.Add(record.Model, isCorrect, cost, question.IsAnsweredBy(always.Text), costOfLarge);
            yield return new RequestLine(question.Text, RequestPath.Describe(record), response.Text, isCorrect, cost);
        }
    }
}
