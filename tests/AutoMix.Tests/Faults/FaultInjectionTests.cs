using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace AutoMix.Tests.Faults;

public class FaultInjectionTests
{
    private const int Workers = 200;

    // AUTOMIX_FAULTS=200000 runs the long version.
    private static readonly int Requests = int.TryParse(Environment.GetEnvironmentVariable("AUTOMIX_FAULTS"), out int asked) ? asked : 20_000;

    [Fact]
    public async Task ManyRequests_OverFaultyModels_AllEndInADefinedWayAndTheBooksAreRight()
    {
        var time = new CountingTimeProvider();
        FaultyClient[] models =
        [
            new("small", 1, Mix.SmallPrice, time),
            new("middle", 2, ModelPrice.PerMillionTokens(4, 8), time),
            new("large", 3, Mix.LargePrice, time),
        ];
        var ledger = new InMemoryBudgetLedger([new() { Dollars = 1_000, Window = TimeSpan.FromDays(365) }], time);
        IChatClient client = new ChatClientBuilder(models[0]).UseAutoMix(mix => mix
            .FirstModel("small", Mix.SmallPrice)
            .AddModel("middle", models[1], ModelPrice.PerMillionTokens(4, 8))
            .AddModel("large", models[2], Mix.LargePrice)
            .VerifyWith(Verifiers.SelfVerification(samples: 2))
            .Configure(o => (o.AttemptTimeout, o.Deadline) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)))
            .UseBudget(ledger)
            .Configure(o =>
            {
                o.Circuit.FailureRatio = 0.9;
                o.Circuit.MinimumThroughput = 20;
                o.HedgeAfter = TimeSpan.FromSeconds(2);
            })
            .UseTimeProvider(time)).Build();

        var problems = new ConcurrentQueue<string>();
        var ends = new ConcurrentDictionary<string, int>();
        int next = -1;
        Task[] workers = [.. Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i < Requests; i = Interlocked.Increment(ref next))
            {
                string end = await AskAsync(client, models, ledger, time, i, problems);
                ends.AddOrUpdate(end, 1, static (_, n) => n + 1);
            }
        }))];
        Task all = Task.WhenAll(workers);
        while (!all.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await all;

        // Models that ignored their token come to their end by themselves.
        for (int i = 0; i < 10_000 && (models.Any(m => m.Running > 0) || time.LiveTimers > 0); i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        problems.Should().BeEmpty();
        ends.Values.Sum().Should().Be(Requests);
        foreach (string way in (string[])["answered", "exhausted", "interrupted", "cancelled", "abandoned"])
        {
            ends.GetValueOrDefault(way).Should().BeGreaterThan(20, "the run is meant to reach every end ({0})", way);
        }

        models.Should().OnlyContain(m => m.Running == 0 && m.OpenStreams == 0);
        ledger.OpenReservations.Should().Be(0);
        time.LiveTimers.Should().Be(0);
    }

    private static async Task<string> AskAsync(
        IChatClient client,
        FaultyClient[] models,
        InMemoryBudgetLedger ledger,
        TimeProvider time,
        int number,
        ConcurrentQueue<string> problems)
    {
        string id = $"r{number}";
        var random = new Random(number);
        var options = new ChatOptions { AdditionalProperties = new() { [RequestTags.Tenant] = id } };
        using CancellationTokenSource? caller = random.Next(6) == 0 ? new(TimeSpan.FromMilliseconds(random.Next(1, 4_000)), time) : null;
        CancellationToken token = caller?.Token ?? CancellationToken.None;
        int stopAfter = random.Next(8) == 0 ? random.Next(1, 4) : int.MaxValue;
        RoutingRecord? record = null;
        string end;
        try
        {
            if (random.Next(2) == 0)
            {
                ChatResponse response = await client.GetResponseAsync(id, options, token);
                record = response.GetRoutingRecord();
                end = "answered";
                Check(response.Text.Contains(id, StringComparison.Ordinal) && response.Text.StartsWith(record!.Model!, StringComparison.Ordinal), "an answer is of one model and of this request");
            }
            else
            {
                var updates = new List<ChatResponseUpdate>();
                await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(id, options, token))
                {
                    updates.Add(update);
                    if (updates.Count == stopAfter)
                    {
                        break;
                    }
                }

                record = updates[^1].GetRoutingRecord();
                end = record is null ? "abandoned" : "answered";
                Check(record is null || (string.Concat(updates.Select(u => u.Text)) is var text && text.StartsWith(record.Model!, StringComparison.Ordinal) && Occurrences(text, "answers") == 1),
                    "a streamed answer is of one model");
            }
        }
        catch (NoUsableAnswerException e)
        {
            record = e.Record;
            end = "exhausted";
            Check(e.BestAnswer is not null || e.Attempts.All(a => a.Status is not AttemptStatus.Answered), "no answer paid for is lost");
        }
        catch (StreamInterruptedException e)
        {
            record = e.Record;
            end = "interrupted";
            Check(e.BestAnswer is not null || e.Attempts.All(a => a.Status is not AttemptStatus.Answered), "no earlier answer is lost");
        }
        catch (OperationCanceledException)
        {
            end = "cancelled";
            Check(token.IsCancellationRequested, "only the caller cancels");
        }
        catch (Exception e)
        {
            end = "undefined";
            problems.Enqueue($"{id}: {e}");
        }

        decimal booked = ledger.Committed(id);
        decimal owed = models.Sum(m => m.BilledTo(id));
        if (record is not null)
        {
            Check(booked == record.Cost, $"the ledger has {booked}, the record {record.Cost}");
            Check(record.Cost == record.Attempts.Sum(a => a.Cost + a.Verdicts.Sum(v => v.Cost)), "the bill is the sum of its calls");
            Check(record.Spend.IsEstimated || booked == owed, $"{booked} booked, {owed} owed");
        }

        Check(booked >= owed, $"{booked} booked, {owed} certainly owed");
        return end;

        void Check(bool holds, string what)
        {
            if (!holds)
            {
                problems.Enqueue($"{id}: {what} ({record?.Outcome} {record?.Reason} {string.Join(", ", record?.Attempts.Select(a => $"{a.Model} {a.Status} {a.Failure} {a.Cost}") ?? [])})");
            }
        }
    }

    private static int Occurrences(string text, string word) => (text.Length - text.Replace(word, "", StringComparison.Ordinal).Length) / word.Length;
}
