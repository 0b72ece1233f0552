using System.Globalization;
using Microsoft.Extensions.AI;

namespace AutoMix.Samples.CustomVerifier;

/// <summary>Asks for code, and shows what the compiler made of the answers.</summary>
internal static class CustomVerifierRun
{
    /// <summary>Runs the sample.</summary>
    /// <returns>0 where every answer that was returned compiles, else 1.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        var compiles = new CompilesVerifier();
        using IChatClient client = Simulated("small", CodeTasks.BySmall).AsBuilder()
            .UseAutoMix(mix => mix
                .FirstModel("small", ModelPrice.PerMillionTokens(input: 0.15m, output: 0.60m))
                .AddModel("large", Simulated("large", CodeTasks.ByLarge), ModelPrice.PerMillionTokens(input: 2.50m, output: 10.00m))
                .VerifyWith(compiles))
            .Build();

        await output.WriteLineAsync("Simulated models; the compiler is real.");
        bool all = true;
        foreach (string task in CodeTasks.All)
        {
            ChatResponse response = await client.GetResponseAsync(task);
            RoutingRecord record = response.GetRoutingRecord()!;
            await output.WriteLineAsync();
            await output.WriteLineAsync(task);
            foreach (AttemptRecord attempt in record.Attempts)
            {
                VerdictRecord verdict = attempt.Verdicts.Single(v => v.Verifier == compiles.Name);
                await output.WriteLineAsync($"  {attempt.Model}: {verdict.Kind}{(verdict.Reason is null ? "" : $", {verdict.Reason}")}");
            }

            Verdict returned = await compiles.VerifyAsync(new([new(ChatRole.User, task)], null, response, record.Model!), CancellationToken.None);
            all &= returned.Kind == VerdictKind.Passed;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  answered by {record.Model} for ${record.Cost:0.000000}; the answer {(returned.Kind == VerdictKind.Passed ? "compiles" : "does not compile")}"));
        }

        return all ? 0 : 1;
    }

    private static SimulatedModel Simulated(string name, IReadOnlyDictionary<string, string> answers) => new(name, messages => new TextContent(answers[messages[^1].Text]));
}
