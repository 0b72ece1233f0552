using AutoMix.Replay;
using AutoMix.Traces;

namespace AutoMix.Equality;

/// <summary>
/// The same plan on the same recorded queries, once by offline evaluation and once over HTTP through the pipeline: the same
/// decisions, the same accuracy, the same dollars.
/// </summary>
public sealed class LiveEqualsOfflineTests
{
    private const int Queries = 200;
    private const int Votes = 8;
    private const double Tolerance = 1e-12;

    [TracesTheory]
    [InlineData("triviaqa.llama", false)]
    [InlineData("triviaqa.llama", true)]
    [InlineData("triviaqa.qwen_oai", false)]
    [InlineData("triviaqa.qwen_oai", true)]
    [InlineData("mmlu.llama", false)]
    [InlineData("mmlu.llama", true)]
    [InlineData("mmlu.qwen_oai", false)]
    [InlineData("mmlu.qwen_oai", true)]
    public async Task LogProbabilities_RecordedQueries_DecideAndCostTheSame(string chain, bool streaming)
    {
        IReadOnlyList<TraceRecord> test = Sample(RecordedTraces.Read($"{chain}.test"));
        await using ReplayServer server = await ReplayServer.StartAsync(new RecordedAnswers(test));

        foreach (CascadePlan plan in Plans(RecordedTraces.Read($"{chain}.train")))
        {
            using var live = new LivePath(
                server,
                plan,
                mix => mix.VerifyWith(new AnswerProbabilityVerifier()).VerifyWith(new PTrueVerifier()),
                sendPurpose: streaming);

            await ShouldBeEqualAsync(live, streaming, OfflinePath.Run(plan, test), test);
        }
    }

    private static IReadOnlyList<TraceRecord> Sample(IReadOnlyList<TraceRecord> records) =>
        [.. Enumerable.Range(0, Queries).Select(i => records[i * records.Count / Queries])];
}
