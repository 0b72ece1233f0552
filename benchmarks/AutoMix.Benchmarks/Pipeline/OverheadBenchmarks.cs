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

    [GlobalSetup]
    public void Setup()
    {
        var client = new CompletedClient();
        ModelPrice price = ModelPrice.PerMillionTokens(0.15m, 0.60m);
        _bare = client;
#pragma warning disable MEAI001 // The comparison is with an experimental client of Microsoft.Extensions.AI.
        _failover = new OrderedFailoverChatClient([client, client]);
#pragma warning restore MEAI001
        _mix = client.AsBuilder().UseAutoMix(mix => mix
            .Name("small").Price(price)
            .AddModel("large", client, price)
            .RouteWith(static (state, _) => new(state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Accept(state.Attempts[0])))).Build();
        _mixOfDayOne = client.AsBuilder().UseAutoMix(mix => mix.Name("small").Price(price).AddModel("large", client, price).WithoutVerification()).Build();
    }

    [Benchmark]
    public Task<ChatResponse> Bare() => _bare.GetResponseAsync(_messages);

    [Benchmark(Baseline = true)]
    public Task<ChatResponse> OrderedFailover() => _failover.GetResponseAsync(_messages);

    [Benchmark]
    public Task<ChatResponse> AutoMix() => _mix.GetResponseAsync(_messages);

    [Benchmark]
    public Task<ChatResponse> AutoMix_DayOnePolicy() => _mixOfDayOne.GetResponseAsync(_messages);
}
