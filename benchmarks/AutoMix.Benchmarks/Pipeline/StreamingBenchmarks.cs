using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.AI;

namespace AutoMix.Benchmarks.Pipeline;

/// <summary>What a streamed answer costs on top of its model, each update waited for: passed on while it runs, or buffered until it is accepted.</summary>
[MemoryDiagnoser]
public class StreamingBenchmarks
{
    private readonly ChatMessage[] _messages = [new(ChatRole.User, "What is the capital of France?")];
    private IChatClient _bare = null!;
    private IChatClient _failover = null!;
    private IChatClient _live = null!;
    private IChatClient _buffered = null!;

    /// <summary>Updates an answer.</summary>
    [Params(8, 256)]
    public int Updates { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var client = new TokenStreamClient(Updates);
        ModelPrice price = ModelPrice.PerMillionTokens(0.15m, 0.60m);
        _bare = client;
#pragma warning disable MEAI001 // The comparison is with an experimental client of Microsoft.Extensions.AI.
        _failover = new OrderedFailoverChatClient([client, client]);
#pragma warning restore MEAI001
        _live = Mix(static (_, _) => new(RoutingDecision.Call(0, final: true)));
        _buffered = Mix(static (state, _) => new(state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Accept(state.Attempts[0])));

        IChatClient Mix(Func<RoutingView, CancellationToken, ValueTask<RoutingDecision>> policy) =>
            client.AsBuilder().UseAutoMix(mix => mix.FirstModel("small", price).AddModel("large", client, price).RouteWith(policy)).Build();
    }

    [Benchmark]
    public Task<int> Bare() => ReadAsync(_bare);

    [Benchmark(Baseline = true)]
    public Task<int> OrderedFailover() => ReadAsync(_failover);

    [Benchmark]
    public Task<int> AutoMix_Live() => ReadAsync(_live);

    [Benchmark]
    public Task<int> AutoMix_Buffered() => ReadAsync(_buffered);

    private async Task<int> ReadAsync(IChatClient client)
    {
        int read = 0;
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(_messages).ConfigureAwait(false))
        {
            read += update.Contents.Count;
        }

        return read;
    }
}
