using AutoMix.Policies;
using AutoMix.Replay;

namespace AutoMix.Equality;

/// <summary>
/// The same plan on the same recorded queries, once by offline evaluation and once over HTTP through the pipeline: the same
/// decisions, the same accuracy, the same dollars.
/// </summary>
public sealed class LiveEqualsOfflineTests
{
    private static readonly int Queries = TestSize.Of(80, 200);
    private const int Samples = 8;
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

        HashSet<string> steps = [];
        foreach (ICascadePolicy policy in Policies(RecordedTraces.Read($"{chain}.train")))
        {
            using var live = new LivePath(
                server,
                policy,
                mix => _ = chain.StartsWith("mmlu", StringComparison.Ordinal)
                    ? mix.VerifyWith(new AnswerProbabilityVerifier()).Configure(o => o.PaidVerification = false)
                    : mix.VerifyWith(new PTrueVerifier()),
                sendPurpose: streaming);

            IReadOnlyList<DecidedPath> offline = OfflinePath.Run(policy, test);
            await ShouldBeEqualAsync(live, streaming, offline, test);
            steps.UnionWith(offline.Select(path => path.Steps));
        }

        // Policies that always do the same would prove little.
        steps.Should().HaveCountGreaterThan(3);
    }

    [TracesTheory]
    [InlineData("triviaqa.llama", false)]
    [InlineData("triviaqa.llama", true)]
    [InlineData("triviaqa.qwen_oai", false)]
    [InlineData("triviaqa.qwen_oai", true)]
    public async Task Votes_RecordedQueries_DecideAndCostTheSame(string chain, bool streaming)
    {
        IReadOnlyList<TraceRecord> test = Sample(RecordedTraces.Read($"{chain}.test"));
        await using ReplayServer server = await ReplayServer.StartAsync(new RecordedAnswers(test), new ReplayOptions { Samples = Samples });

        HashSet<string> steps = [];
        foreach (ICascadePolicy policy in Policies(InVotes(RecordedTraces.Read($"{chain}.train"))))
        {
            using var live = new LivePath(
                server,
                policy,
                mix => mix.VerifyWith(Verifiers.SelfVerification(Samples, options => options.BatchSize = Samples)),
                sendPurpose: streaming);

            IReadOnlyList<DecidedPath> offline = OfflinePath.Run(policy, InVotes(test));
            await ShouldBeEqualAsync(live, streaming, offline, test);
            steps.UnionWith(offline.Select(path => path.Steps));
        }

        steps.Should().HaveCountGreaterThan(3).And.Contain(path => path.Contains("Verify"));
    }

    private static async Task ShouldBeEqualAsync(LivePath live, bool streaming, IReadOnlyList<DecidedPath> offline, IReadOnlyList<TraceRecord> records)
    {
        var online = new DecidedPath[records.Count];
        await Parallel.ForAsync(0, records.Count, async (i, _) => online[i] = await live.RunAsync(records[i], streaming));

        for (int i = 0; i < online.Length; i++)
        {
            (online[i] with { Dollars = 0 }).Should().Be(offline[i] with { Dollars = 0 }, "query {0} is decided alike", records[i].Id);
            online[i].Dollars.Should().BeApproximately(offline[i].Dollars, Tolerance, "query {0} costs the same", records[i].Id);
        }

        online.Sum(path => path.Quality).Should().Be(offline.Sum(path => path.Quality));
        online.Average(path => path.Dollars).Should().BeApproximately(offline.Average(path => path.Dollars), Tolerance);
    }

    /// <summary>Plans that spend much and little, and thresholds for comparison.</summary>
    private static IEnumerable<ICascadePolicy> Policies(IReadOnlyList<TraceRecord> train)
    {
        TraceTable table = TraceTable.From(train);
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(table), new CascadeFitOptions());
        foreach (double dollarWeight in (double[])[10, 200, 1000])
        {
            yield return model.Solve(new CascadeObjective(dollarWeight));
        }

        yield return new ThresholdPolicy(model.Models, [.. model.Models.Select(_ => 0.8)]);
    }

    private static IReadOnlyList<TraceRecord> Sample(IReadOnlyList<TraceRecord> records) =>
        [.. Enumerable.Range(0, Queries).Select(i => records[i * records.Count / Queries])];

    /// <summary>The records as votes show them: confidences in eighths, and eight calls billed for each verification.</summary>
    private static TraceRecord[] InVotes(IReadOnlyList<TraceRecord> records) =>
    [
        .. records.Select(record => record with
        {
            Answers = [.. record.Answers.Select(answer => answer with
            {
                Confidence = answer.Confidence is double confidence ? Votes.Quantise(confidence, Samples) : null,
                VerifyCost = Samples * answer.VerifyCost,
            })],
        }),
    ];
}
