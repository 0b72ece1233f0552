using AutoMix.Policies;
using AutoMix.Replay;

namespace AutoMix.Equality;

/// <summary>Learners over HTTP through the pipeline, taught request by request, decide as offline for the same outcomes.</summary>
public sealed class LearnersLiveTests
{
    private const int Queries = 60;

    [TracesTheory]
    [InlineData("linucb")]
    [InlineData("thompson")]
    [InlineData("pickllm")]
    [InlineData("c2mabv")]
    public async Task ReportOutcome_RecordedQueries_DecidesAsOffline(string key)
    {
        IReadOnlyList<TraceRecord> records = [.. RecordedTraces.Read("mmlu.llama.test").Take(Queries)];
        TraceTable table = TraceTable.From(records);
        await using ReplayServer server = await ReplayServer.StartAsync(new RecordedAnswers(records));
        ILearningPolicy offline = Start(key, table.Models);
        using var live = new LivePath(server, offline, mix => _ = mix.VerifyWith(new AnswerProbabilityVerifier()).Configure(o => o.PaidVerification = false), sendPurpose: false);
        HashSet<string> steps = [];
        for (int row = 0; row < records.Count; row++)
        {
            DecidedPath expected = OfflinePath.Run(offline, [records[row]])[0];
            DecidedPath path = await live.RunAsync(records[row], streaming: row % 2 == 1);
            (path with { Dollars = 0 }).Should().Be(expected with { Dollars = 0 }, "query {0} is decided alike", records[row].Id);
            path.Dollars.Should().BeApproximately(expected.Dollars, 1e-12);
            steps.Add(path.Steps);

            // Every model that was called is seen, with its cost and confidence; the accepted one is graded.
            string[] called = [.. path.Steps.Split(", ").Where(s => s.StartsWith("Call ", StringComparison.Ordinal)).Select(s => s["Call ".Length..])];
            PolicyOutcome outcome = PolicyOutcome.From(table, row, [.. Enumerable.Range(0, table.ModelCount).Where(m => called.Contains(table.Models[m]))]);
            offline = offline.Update(outcome with { Answers = [.. outcome.Answers.Select(a => table.Models[a.Model] == path.Accepted ? a : a with { Quality = null })] });
            live.Pipeline.ReportOutcome(records[row].Id, new OutcomeReport(path.Quality)).Should().BeTrue();
            live.Pipeline.ReportOutcome(records[row].Id, new OutcomeReport(path.Quality)).Should().BeFalse("a request is learned from once");
        }

        steps.Should().HaveCountGreaterThan(2, "it explored");
    }

    private static ILearningPolicy Start(string key, IReadOnlyList<string> models) => key switch
    {
        "linucb" => Learners.LinUcb(models, new CascadeObjective(200)),
        "thompson" => Learners.Thompson(models, new CascadeObjective(200)),
        "pickllm" => Learners.PickLlm(models, new CascadeObjective(200)),
        _ => Learners.CombinatorialBandit(models, EnsembleReward.AnyWin, 2, 0.0003),
    };
}
