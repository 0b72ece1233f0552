using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace AutoMix.Tool;

/// <summary>One run of the tool in this process, and files for it to read. The traces are simulated: for behaviour, not for quality.</summary>
internal sealed class ToolRun : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("automix-tool-");

    public void Dispose() => _folder.Delete(recursive: true);

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public static (int Exit, string Output, string Error) Run(params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int exit = AutomixCommand.Create().Parse(args).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }

    /// <summary>Runs with --json and reads what was printed.</summary>
    public static JsonElement Json(params string[] args)
    {
        (int exit, string output, string error) = Run([.. args, "--json"]);
        exit.Should().Be(0, error);
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    /// <summary>A small model that is right eight times in ten with a telling paid verification, and a large one, right nearly always.</summary>
    public string Traces(string name, int rows, string prompt = "What?", double largeCost = 0.0002)
    {
        var random = new Random(name.Length + rows);
        string path = Path(name + ".jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(row =>
        {
            bool small = random.NextDouble() < 0.8;
            bool large = random.NextDouble() < (small ? 0.99 : 0.9);
            double confidence = small ? 0.6 + (0.4 * random.NextDouble()) : 0.7 * random.NextDouble();
            return string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"id":"{{name}}-{{row}}","prompt":{{JsonSerializer.Serialize(prompt)}},"models":[{"model":"small","answer":"{{small}}","correct":{{(small ? "true" : "false")}},"confidence":{{confidence:F6}},"answer_cost_usd":0.00001,"verify_cost_usd":0.00001},{"model":"large","answer":"{{large}}","correct":{{(large ? "true" : "false")}},"answer_cost_usd":{{largeCost}}}]}""");
        }));
        return path;
    }
}
