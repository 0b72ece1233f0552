using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.AI;

namespace AutoMix.Benchmarks.Pipeline;

/// <summary>
/// Many requests at once over models that take 50 ms: what the pipeline adds to their latency, and whether it holds threads.
/// All requests of a round start together, so that latencies hold the wait for a core, which is what load means on few cores.
/// </summary>
internal static class LoadRun
{
    private const int Requests = 10_000;
    private const int Rounds = 7;
    private static readonly ChatMessage[] Messages = [new(ChatRole.User, "What is the capital of France?")];

    public static async Task RunAsync(TextWriter output)
    {
        var client = new SlowClient(TimeSpan.FromMilliseconds(50));
        ModelPrice price = ModelPrice.PerMillionTokens(0.15m, 0.60m);
#pragma warning disable MEAI001 // The comparison is with an experimental client of Microsoft.Extensions.AI.
        var failover = new OrderedFailoverChatClient([client, client]);
#pragma warning restore MEAI001
        IChatClient judged = Mix(static (state, _) => new(state.Attempts.Count == 0 ? RoutingDecision.Call(0) : RoutingDecision.Accept(state.Attempts[0])));
        IChatClient promised = Mix(static (_, _) => new(RoutingDecision.Call(0, final: true)));
        (string Name, IChatClient Client, bool Streaming)[] cases =
        [
            ("bare client", client, false),
            ("OrderedFailoverChatClient", failover, false),
            ("AutoMix, first answer accepted", judged, false),
            ("bare client", client, true),
            ("OrderedFailoverChatClient", failover, true),
            ("AutoMix, buffered, first answer accepted", judged, true),
            ("AutoMix, live", promised, true),
        ];

        // Every case runs in every round, so that what else the machine does falls on all of them alike.
        var tallies = new Tally[cases.Length];
        for (int i = 0; i < cases.Length; i++)
        {
            await RoundAsync(cases[i].Client, cases[i].Streaming, new Tally()).ConfigureAwait(false);
            tallies[i] = new();
        }

        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                await RoundAsync(cases[i].Client, cases[i].Streaming, tallies[i]).ConfigureAwait(false);
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Requests} requests at once over a model of 50 ms, {Rounds} rounds, {Environment.ProcessorCount} cores, .NET {Environment.Version}, server GC {System.Runtime.GCSettings.IsServerGC}."));
        output.WriteLine();
        output.WriteLine("| Mode | Client | p50 ms | p99 ms | p50 added | p99 added | first token p50 | CPU µs/request | bytes/request | threads above idle | errors |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        Tally bare = tallies[0];
        for (int i = 0; i < cases.Length; i++)
        {
            Tally tally = tallies[i];
            bare = ReferenceEquals(cases[i].Client, client) ? tally : bare;
            (double p50, double p99) = (Quantile(tally.Latencies, 0.50), Quantile(tally.Latencies, 0.99));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {(cases[i].Streaming ? "streaming" : "whole")} | {cases[i].Name} | {p50:F1} | {p99:F1} | {p50 - Quantile(bare.Latencies, 0.50):F1} | {p99 - Quantile(bare.Latencies, 0.99):F1} | {(cases[i].Streaming ? Quantile(tally.FirstTokens, 0.50).ToString("F1", CultureInfo.InvariantCulture) : "")} | {tally.Cpu.TotalMicroseconds / (Rounds * Requests):F1} | {tally.Bytes / (Rounds * Requests)} | {tally.Threads} | {tally.Errors} |"));
        }

        IChatClient Mix(Func<RoutingView, CancellationToken, ValueTask<RoutingDecision>> policy) =>
            client.AsBuilder().UseAutoMix(mix => mix.FirstModel("small", price).AddModel("large", client, price).RouteWith(policy)).Build();
    }

    private static async Task RoundAsync(IChatClient client, bool streaming, Tally tally)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        int idle = process.Threads.Count;
        using var ended = new CancellationTokenSource();
        Task<int> watching = WatchThreadsAsync(ended.Token);

        TimeSpan cpu = process.TotalProcessorTime;
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        var requests = new Task<(double First, double Last, bool Right)>[Requests];
        for (int i = 0; i < Requests; i++)
        {
            requests[i] = streaming ? StreamAsync(client) : AskAsync(client);
        }

        (double First, double Last, bool Right)[] results = await Task.WhenAll(requests).ConfigureAwait(false);
        tally.Bytes += GC.GetTotalAllocatedBytes(precise: true) - bytes;
        process.Refresh();
        tally.Cpu += process.TotalProcessorTime - cpu;
        await ended.CancelAsync().ConfigureAwait(false);
        tally.Threads = Math.Max(tally.Threads, await watching.ConfigureAwait(false) - idle);
        foreach ((double first, double last, bool right) in results)
        {
            tally.FirstTokens.Add(first);
            tally.Latencies.Add(last);
            tally.Errors += right ? 0 : 1;
        }
    }

    private static async Task<(double First, double Last, bool Right)> AskAsync(IChatClient client)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            ChatResponse response = await client.GetResponseAsync(Messages).ConfigureAwait(false);
            return (0, Stopwatch.GetElapsedTime(start).TotalMilliseconds, response.Text == SlowClient.Answer);
        }
        catch (Exception)
        {
            return (0, Stopwatch.GetElapsedTime(start).TotalMilliseconds, false);
        }
    }

    private static async Task<(double First, double Last, bool Right)> StreamAsync(IChatClient client)
    {
        long start = Stopwatch.GetTimestamp();
        double first = 0;
        int length = 0;
        try
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Messages).ConfigureAwait(false))
            {
                first = length == 0 ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : first;
                length += update.Text.Length;
            }

            return (first, Stopwatch.GetElapsedTime(start).TotalMilliseconds, length == SlowClient.Answer.Length);
        }
        catch (Exception)
        {
            return (first, Stopwatch.GetElapsedTime(start).TotalMilliseconds, false);
        }
    }

    /// <summary>The most threads seen until the end, without the one that watches.</summary>
    private static Task<int> WatchThreadsAsync(CancellationToken end)
    {
        var most = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            int threads = 0;
            while (!end.IsCancellationRequested)
            {
                using var process = Process.GetCurrentProcess();
                threads = Math.Max(threads, process.Threads.Count);
                end.WaitHandle.WaitOne(5);
            }

            most.SetResult(threads - 1);
        });
        thread.Start();
        return most.Task;
    }

    private static double Quantile(List<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }

    private sealed class Tally
    {
        public List<double> Latencies { get; } = [];

        public List<double> FirstTokens { get; } = [];

        public TimeSpan Cpu { get; set; }

        public long Bytes { get; set; }

        public int Threads { get; set; }

        public int Errors { get; set; }
    }
}
