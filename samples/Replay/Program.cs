using AutoMix.Replay;

string[] traces = [.. Arguments("--traces")];
if (traces.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run --project samples/Replay -- --traces FILE [--traces FILE ...] [--samples 8] [--urls http://127.0.0.1:8080]");
    return 2;
}

ReplayOptions options = new();
if (Arguments("--samples").LastOrDefault() is string samples)
{
    if (!int.TryParse(samples, out int count) || count < 1)
    {
        Console.Error.WriteLine($"--samples is '{samples}'; give a whole number of votes, at least 1.");
        return 2;
    }

    options = options with { Samples = count };
}

try
{
    await using ReplayServer server = await ReplayServer.StartAsync(
        RecordedAnswers.Load(traces),
        options with { Url = Arguments("--urls").LastOrDefault() ?? "http://127.0.0.1:8080" });
    Console.WriteLine($"Replaying {server.Recordings.Count} recorded answers of {string.Join(", ", server.Recordings.Models)} at {server.Endpoint}");
    Console.WriteLine($"Name the record of each request in the header {ReplayHeaders.Record}. Stop with Ctrl+C.");
    await server.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is IOException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

IEnumerable<string> Arguments(string name)
{
    for (int i = 0; i + 1 < args.Length; i++)
    {
        if (args[i] == name)
        {
            yield return args[i + 1];
        }
    }
}
