using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.AI;

namespace AutoMix.Benchmarks.Pipeline;

/// <summary>What one request costs on top of its model: AutoMix with a policy that accepts the first answer, default limits on, no listener.</summary>
[MemoryDiagnoser]
public class OverheadBenchmarks
{
    private readonly ChatMessage[] _messages = [new(ChatRole.User, "What is the capital of France?")];
    private IChatClient _bare = null!;
    private IChatClient _failover = null!;
    private IChatClient _mix = null!;
    internal IChatClient Mix => _mix;
    private IChatClient _mixOfDayOne = null!;
    private IChatClient _learningMix = null!;
    private readonly ModelPrice _price = ModelPrice.PerMillionTokens(0.15m, 0.60m);

    [GlobalSetup]
    public void Setup()
    {
        var client = new CompletedClient();
        _bare = client;
#pragma warning disable MEAI001 // The comparison is with an experimental client of Microsoft.Extensions.AI.
        _failover = new OrderedFailoverChatClient([client, client]);
#pragma warning restore MEAI001
        _mix = client.AsBuilder().UseAutoMix(mix => mix
            .FirstModel("small", _price)
            .AddModel("large", client, _price)
            .RouteWith(static (state, _) => new(state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Accept(state.Attempts[0])))).Build();
        _learningMix = client.AsBuilder().UseAutoMix(mix => mix.FirstModel("small", _price).AddModel("large", client, _price)
            .Configure(o =>
            {
                o.PaidVerification = false;
                o.Learning = new() { Enabled = true, Exploration = 0, FirstExploration = 0, Interval = TimeSpan.FromDays(1) };
            })).Build();
        _mixOfDayOne = client.AsBuilder().UseAutoMix(mix => mix.FirstModel("small", _price).AddModel("large", client, _price).Configure(o => o.PaidVerification = false)).Build();
    }

    [Benchmark]
    public Task<ChatResponse> Bare() => _bare.GetResponseAsync(_messages);

    [Benchmark(Baseline = true)]
    public Task<ChatResponse> OrderedFailover() => _failover.GetResponseAsync(_messages);

    /// <summary>
    /// The limit: what a response with a record costs without any routing. A copy of the client's response, since it may be shared, its usage,
    /// its dollars, a record, two readings of the clock.
    /// </summary>
    [Benchmark]
    public async Task<ChatResponse> CopyWithRecord()
    {
        long start = TimeProvider.System.GetTimestamp();
        ChatResponse answer = await _bare.GetResponseAsync(_messages).ConfigureAwait(false);
        var usage = new UsageDetails();
        usage.Add(answer.Usage!);
        var record = new RoutingRecord { Policy = "none", Model = "small", Spend = new(_price.CostOf(usage)), Duration = TimeProvider.System.GetElapsedTime(start) };
        return new([.. answer.Messages])
        {
            ResponseId = answer.ResponseId,
            ModelId = answer.ModelId,
            CreatedAt = answer.CreatedAt,
            FinishReason = answer.FinishReason,
            RawRepresentation = answer.RawRepresentation,
            Usage = usage,
            AdditionalProperties = new() { [RequestTags.Record] = record },
        };
    }

    [Benchmark]
    public Task<ChatResponse> AutoMix() => _mix.GetResponseAsync(_messages);

    [Benchmark]
    public Task<ChatResponse> AutoMix_DayOnePolicy() => _mixOfDayOne.GetResponseAsync(_messages);

    /// <summary>The first-day policy with learning on: an id, the numbers of the request remembered.</summary>
    [Benchmark]
    public Task<ChatResponse> AutoMix_Learning() => _learningMix.GetResponseAsync(_messages);
}
