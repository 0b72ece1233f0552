using System.Collections.Concurrent;
using System.Diagnostics;

namespace AutoMix.EndToEnd.WebApi;

/// <summary>The sample as an operator runs it: a process of its own, with its own appsettings.json.</summary>
internal sealed class RunningSample : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _more = new(0);

    private RunningSample(Process process) => _process = process;

    public HttpClient Client { get; } = new();

    public string Output => string.Join('\n', _lines);

    /// <summary>Starts it on a free port.</summary>
    /// <param name="settings">What to change in the configuration, by its path.</param>
    public static async Task<RunningSample> StartAsync(params (string Path, string Value)[] settings)
    {
        RunningSample sample = Launch(settings);
        string line = await sample.LineAsync("Now listening on: ");
        sample.Client.BaseAddress = new(line[(line.IndexOf("http", StringComparison.Ordinal))..].Trim());
        return sample;
    }

    public static RunningSample Launch(params (string Path, string Value)[] settings)
    {
        string framework = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/', '\\'));
        string configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/', '\\')))!;
        string root = AppContext.BaseDirectory[..AppContext.BaseDirectory.LastIndexOf($"{Path.DirectorySeparatorChar}tests{Path.DirectorySeparatorChar}", StringComparison.Ordinal)];
        string folder = Path.Combine(root, "samples", "WebApi", "bin", configuration, framework);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "WebApi.dll"), "--urls", "http://127.0.0.1:0", "--contentRoot", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        foreach ((string path, string value) in settings)
        {
            start.Environment[path.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var sample = new RunningSample(process);
        process.OutputDataReceived += (_, e) => sample.Note(e.Data);
        process.ErrorDataReceived += (_, e) => sample.Note(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return sample;
    }

    /// <summary>Waits for a line of output that holds a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            if (_lines.FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The sample has ended before it said '{text}':\n{Output}");
            }

            await _more.WaitAsync(limit.Token);
        }
    }

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(limit.Token);
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        return default;
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }

        _more.Release();
    }
}
