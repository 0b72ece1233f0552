using System.Collections.Concurrent;
using AutoMix.Policies;
using Microsoft.Extensions.AI;

namespace AutoMix.Replay;

/// <summary>A batch that was planned from training traces, run over HTTP by the official client against recorded answers.</summary>
public sealed class BatchOverHttpTests
{
    private const int Requests = 200;
    private const double Quality = 0.75;
    private static readonly int[] Slots = [3, 3, 3, 2, 1];

    [TracesFact]
    public async Task RunAsync_PlannedBatch_IsAnsweredAndBilledAsPlanned()
    {
        TraceTable train = TraceTable.From(RecordedTraces.Read("mmlu.llama.train"));
        TraceRecord[] test = [.. RecordedTraces.Read("mmlu.llama.test").Take(Requests)];
        TraceTable table = TraceTable.From(test);
        BatchRequest[] requests = [.. Enumerable.Range(0, Requests).Select(row => new BatchRequest(table.Key(row), table.InputTokens(row)))];
        BatchSchedule schedule = BatchScheduler.Plan(requests, BatchCostModel.Fit(train), new BatchOptions { MinQuality = Quality, Slots = Slots, DollarsPerSecond = 1e-5 });
        await using ReplayServer server = await ReplayServer.StartAsync(new RecordedAnswers(test));
        IChatClient[] clients = [.. train.Models.Select(model => ReplayChatClient.Create(server.Endpoint, model))];
        var answers = new ConcurrentDictionary<int, ChatResponse>();
        var load = new LoadGauge(clients.Length);

        await schedule.RunAsync(Slots, async (request, model, cancellationToken) =>
        {
            using IDisposable running = load.Enter(model);
            TraceRecord record = test[request];
            ChatMessage[] messages = [new(ChatRole.System, record.System), new(ChatRole.User, record.Prompt)];
            var options = new ChatOptions { AdditionalProperties = new() { [ReplayChatClient.RecordProperty] = record.Id } };
            answers.TryAdd(request, await clients[model].GetResponseAsync(messages, options, cancellationToken)).Should().BeTrue("a request is answered once");
        });

        server.Completions.Should().Be(Requests);
        schedule.Queues.Count(queue => queue.Count > 0).Should().BeGreaterThan(1, "no single model reaches this quality at the least dollars");
        load.Highest.Zip(Slots).Should().OnlyContain(pair => pair.First <= pair.Second);
        double dollars = 0;
        double quality = 0;
        foreach ((int request, ChatResponse response) in answers)
        {
            TraceAnswer planned = test[request].Answers[schedule.Models[request]];
            response.Text.Should().Be(planned.Answer);
            dollars += server.Recordings.PriceOf(planned.Model).CostOf(response.Usage!.InputTokenCount!.Value, response.Usage.OutputTokenCount!.Value);
            quality += planned.Quality / Requests;
        }

        dollars.Should().BeApproximately(schedule.ExpectedDollars, 0.15 * schedule.ExpectedDollars);
        quality.Should().BeApproximately(schedule.ExpectedQuality, 0.08);
        schedule.ExpectedQuality.Should().BeGreaterThanOrEqualTo(Quality);
    }

    /// <summary>How many calls of each model ran at the same time, at most.</summary>
    private sealed class LoadGauge(int models)
    {
        private readonly int[] _running = new int[models];

        public int[] Highest { get; } = new int[models];

        public IDisposable Enter(int model)
        {
            lock (_running)
            {
                _running[model]++;
                Highest[model] = Math.Max(Highest[model], _running[model]);
            }

            return new Leave(this, model);
        }

        private sealed class Leave(LoadGauge gauge, int model) : IDisposable
        {
            public void Dispose()
            {
                lock (gauge._running)
                {
                    gauge._running[model]--;
                }
            }
        }
    }
}
