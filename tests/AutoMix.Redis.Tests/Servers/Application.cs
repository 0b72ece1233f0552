using Microsoft.Extensions.Time.Testing;

namespace AutoMix.Redis.Tests.Servers;

/// <summary>Processes of one application, which share nothing with those of another test but the server and the connection to it.</summary>
internal sealed class Application(SharedServer server, Action<AutoMixRedisOptions>? configure = null)
{
    private readonly List<AutoMixRedis> _processes = [];
    private readonly string _prefix = $"test:{Guid.NewGuid():N}";
    private TimeSpan _passed;

    /// <summary>The clock of all processes here; the server's goes on by itself and with <see cref="Pass"/>.</summary>
    public FakeTimeProvider Time { get; } = new();

    public string Prefix => _prefix;

    public AutoMixRedis Connect() => Connect(Time);

    /// <summary>A process that goes by a clock of its own.</summary>
    public AutoMixRedis Connect(TimeProvider time)
    {
        var options = new AutoMixRedisOptions { KeyPrefix = _prefix, Timeout = TimeSpan.FromSeconds(60) };
        configure?.Invoke(options);
        var process = new AutoMixRedis(options, server.Connection, time);
        lock (_processes)
        {
            process.Connection.Shift = _passed;
            _processes.Add(process);
        }

        return process;
    }

    /// <summary>Lets time of the server pass, and of nobody else.</summary>
    public Task Pass(TimeSpan time)
    {
        lock (_processes)
        {
            _passed += time;
            _processes.ForEach(p => p.Connection.Shift = _passed);
        }

        return Task.CompletedTask;
    }
}
