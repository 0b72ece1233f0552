using System.Diagnostics;
using System.Globalization;
using AutoMix.Redis.Tests.Servers;

namespace AutoMix.Redis.Tests.Processes;

/// <summary>Processes that share one server, some of which are killed, and the server too. AUTOMIX_FULL=1 runs the full size.</summary>
public sealed class ManyProcessesTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(3));
    private readonly string _folder = Directory.CreateTempSubdirectory("automix-spenders-").FullName;
    private readonly ServerProcess _server = new();
    private readonly List<Process> _processes = [];

    public Task InitializeAsync() => _server.StartAsync();

    [Fact]
    public async Task Budget_ProcessesAndTheServerAreKilled_IsKeptAndNothingSettledIsLost()
    {
        (int count, int requests) = TestSize.IsFull ? (8, 5_000) : (3, 1_000);

        // About three quarters of what all of them would spend.
        decimal cap = count * requests * 0.001m;
        Process[] spenders = [.. Enumerable.Range(0, count).Select(i => Start("spend", _server.Endpoint, "app", $"{requests}", cap.ToString(CultureInfo.InvariantCulture), Journal(i), $"{i}"))];
        await UntilAsync(spenders[0], $"at {requests / 5}");
        spenders[0].Kill();
        await UntilAsync(spenders[1], $"at {requests / 5 * 2}");
        await _server.KillAsync();
        await _server.StartAsync();
        if (TestSize.IsFull)
        {
            await UntilAsync(spenders[2], $"at {requests / 5 * 3}");
            spenders[2].Kill();
            await UntilAsync(spenders[3], $"at {requests / 5 * 4}");
            await _server.KillAsync();
            await _server.StartAsync();
        }

        int[] killed = TestSize.IsFull ? [0, 2] : [0];
        foreach (int i in Enumerable.Range(0, count).Except(killed))
        {
            await UntilAsync(spenders[i], "done");
            await spenders[i].WaitForExitAsync(_patience.Token);
            spenders[i].ExitCode.Should().Be(0);
        }

        decimal[] spent = [.. Enumerable.Range(0, count).Select(Spent)];
        await using AutoMixRedis redis = Spender.Connect(_server.Endpoint, "app");
        (decimal Settled, decimal Granted) known = await redis.Ledger(Spender.Limits(cap)).ReadAsync("", 0, default);
        Console.WriteLine($"{count} processes x {requests}: cap {cap}, spent {spent.Sum()}, server {known}");

        spent.Sum().Should().BeLessThanOrEqualTo(cap).And.BeGreaterThan(cap / 2);
        (known.Settled + known.Granted).Should().BeGreaterThanOrEqualTo(spent.Sum()).And.BeLessThanOrEqualTo(cap);

        // What is not accounted for to the last digit is at most what the killed ones held: a block, and what was in flight.
        (known.Settled + known.Granted - spent.Sum()).Should().BeLessThanOrEqualTo(killed.Length * (0.05m + (Spender.AtOnce * 0.003m)));
    }

    [Fact]
    public async Task Publish_ManyLearners_NeverTwoUnderOneTokenNorAnOlderAfterANewer()
    {
        (int count, int rounds) = TestSize.IsFull ? (8, 150) : (3, 60);
        Process[] leaders = [.. Enumerable.Range(0, count).Select(i => Start("lead", _server.Endpoint, "app", $"owner-{i}", $"{rounds}"))];
        string[] lines = [.. (await Task.WhenAll(leaders.Select(l => l.StandardOutput.ReadToEndAsync(_patience.Token)))).SelectMany(text => text.Split('\n')).Where(l => l.StartsWith("published", StringComparison.Ordinal))];
        (long Number, long Token, string Owner)[] published = [.. lines.Select(l => l.Split(' ')).Select(p => (long.Parse(p[1]), long.Parse(p[2]), p[3])).OrderBy(p => p.Item1)];
        Console.WriteLine($"{count} learners x {rounds}: {published.Length} publications under {published.Select(p => p.Token).Distinct().Count()} tokens");

        published.Select(p => p.Number).Should().Equal(Enumerable.Range(1, published.Length).Select(n => (long)n));
        published.Select(p => p.Token).Should().BeInAscendingOrder();
        published.GroupBy(p => p.Token).Should().OnlyContain(g => g.Select(p => p.Owner).Distinct().Count() == 1);
    }

    public async Task DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        await _server.DisposeAsync();
        _patience.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task UntilAsync(Process process, string line)
    {
        while (await process.StandardOutput.ReadLineAsync(_patience.Token) is { } said)
        {
            if (said == line)
            {
                return;
            }
        }

        throw new InvalidOperationException($"The process ended before it said '{line}'.");
    }

    private string Journal(int i) => Path.Combine(_folder, $"{i}.journal");

    // A line that was cut short by the kill had not been noted.
    private decimal Spent(int i) => File.ReadAllText(Journal(i)).Split('\n')[..^1].Sum(l => decimal.Parse(l, CultureInfo.InvariantCulture));

    private Process Start(params string[] arguments)
    {
        Process process = Process.Start(ChildProcess.Self(arguments))!;
        _processes.Add(process);
        return process;
    }
}
