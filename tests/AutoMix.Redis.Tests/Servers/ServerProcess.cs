using System.Diagnostics;

namespace AutoMix.Redis.Tests.Servers;

/// <summary>
/// A server that can be killed and comes back with what it had acknowledged: the redis-server (or valkey-server) that
/// AUTOMIX_REDIS_SERVER names, or Garnet.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("automix-server-").FullName;
    private readonly int _port = GarnetHost.FreePort();
    private Process? _process;

    public static string? Executable { get; } = Environment.GetEnvironmentVariable("AUTOMIX_REDIS_SERVER") is { Length: > 0 } path ? path : null;

    public string Endpoint => $"127.0.0.1:{_port}";

    public async Task StartAsync()
    {
        ProcessStartInfo start = Executable is null
            ? ChildProcess.Self("garnet", $"{_port}", _folder)
            : new(Executable, ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder, "--appendonly", "yes", "--appendfsync", "always", "--save", ""]);
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Contains("ready", StringComparison.OrdinalIgnoreCase))
            {
                // The rest is read by nobody who cares, but must not fill the pipe.
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("The server ended before it was ready.");
    }

    /// <summary>As kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
