using AutoMix.Replay;
using Microsoft.Extensions.AI;

namespace AutoMix.Equality;

/// <summary>The live side: official OpenAI client, HTTP, replay, pipeline.</summary>
internal sealed class LivePath : IDisposable
{
    private readonly IChatClient _client;

    public LivePath(ReplayServer server, ICascadePolicy policy, Action<AutoMixBuilder> verify, bool sendPurpose, IServiceProvider? services = null)
    {
        _client = Client(policy.Models[0]).AsBuilder().UseAutoMix(mix =>
        {
            mix.FirstModel(policy.Models[0], Price(policy.Models[0]));
            foreach (string model in policy.Models.Skip(1))
            {
                mix.AddModel(model, Client(model), Price(model));
            }

            // The detection of uninformative verifiers learns from request to request, which an offline evaluation does not;
            // and offline, what is given up has no answer.
            mix.RouteWith(policy).Configure(options => (options.UninformativeAfter, options.OnAbstain) = (0, AbstainAction.Throw));
            verify(mix);
        }).Build(services);

        IChatClient Client(string model) => ReplayChatClient.Create(server.Endpoint, model, sendPurpose).AsBuilder().UseLogProbabilities().Build();

        ModelPrice Price(string model)
        {
            TokenPrice price = server.Recordings.PriceOf(model);
            return ModelPrice.PerMillionTokens(price.Input, price.Output);
        }
    }

    public IChatClient Pipeline => _client;

    public async Task<DecidedPath> RunAsync(TraceRecord record, bool streaming)
    {
        ChatMessage[] messages = [new(ChatRole.System, record.System), new(ChatRole.User, record.Prompt)];
        var options = new ChatOptions
        {
            AdditionalProperties = new() { [ReplayChatClient.RecordProperty] = record.Id, [RequestTags.RequestId] = record.Id },
        };
        RoutingRecord routing;
        TraceAnswer? accepted = null;
        try
        {
            ChatResponse response = streaming
                ? await _client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync()
                : await _client.GetResponseAsync(messages, options);
            routing = response.GetRoutingRecord()!;
            accepted = record.Answers.FirstOrDefault(answer => answer.Model == routing.Model);
            response.Text.Should().Be(accepted?.Answer, "the response is the answer of the model that the record names");
        }
        catch (NoUsableAnswerException e)
        {
            // Giving up is a decision too.
            routing = e.Record;
        }

        return new DecidedPath(
            string.Join(", ", routing.Decisions
                .Where(decision => decision.Kind is CascadeActionKind.Call or CascadeActionKind.Verify)
                .Select(decision => OfflinePath.Describe(decision.Kind, decision.Model))),
            accepted?.Model,
            accepted?.Quality ?? 0,
            (double)routing.Cost);
    }

    public void Dispose() => _client.Dispose();
}
