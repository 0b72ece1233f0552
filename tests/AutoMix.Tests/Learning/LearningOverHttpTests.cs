using AutoMix.Learning;
using Microsoft.Extensions.AI;

namespace AutoMix.Tests.Learning;

/// <summary>From the first day to a learned plan over real HTTP with the official client, in one process that is not restarted.</summary>
public class LearningOverHttpTests
{
    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Report_OutcomesOfRequestsOverHttp_GivesAPlanWithoutARestart(Mode mode)
    {
        await using ProviderServer server = await ProviderServer.StartAsync();

        // The small model is right about nothing that its check doubts, and the check doubts two questions of three.
        static bool IsEasy(string? question) => question!.EndsWith('0') || question.EndsWith('3') || question.EndsWith('6');
        using IChatClient client = Mix.Of(
            server.Client("small", e => e.AnswerAsync(IsEasy((string?)e.Body["messages"]![0]!["content"]) ? "right" : "wrong", 100)),
            server.Client("large", e => e.AnswerAsync("right", 100)),
            mix => mix
                .VerifyWith((answer, _) => new(answer.Text == "right" ? 0.95 : 0.8), "check")
                .Configure(o =>
                {
                    o.Learning.Enabled = true;
                    o.Learning.Interval = TimeSpan.FromDays(1);
                    o.Learning.FirstExploration = 1;
                    o.Learning.ExplorationDollarsPerDay = null;
                }));
        OnlineLearner learner = client.GetService<OnlineLearner>()!;

        (await AskAsync(client, mode, 5, report: false)).Should().AllSatisfy(r => r.Model.Should().Be("small", "the check's .8 reaches the first day's threshold"));
        await AskAsync(client, mode, 120, report: true);
        PlanProposal proposal = (await learner.LearnAsync())!;
        List<RoutingRecord> after = await AskAsync(client, mode, 10, report: false);

        proposal.IsBetter.Should().BeTrue(proposal.Reason);
        learner.PlanVersion.Should().Be(1);
        after.Should().AllSatisfy(r => r.IsCalibrated.Should().BeTrue());
        after.Select(r => r.Model).Should().Equal("small", "large", "large", "small", "large", "large", "small", "large", "large", "large");
        server.CallsOf("small").Should().Be(135);
    }

    private static async Task<List<RoutingRecord>> AskAsync(IChatClient client, Mode mode, int questions, bool report)
    {
        var records = new List<RoutingRecord>();
        for (int i = 0; i < questions; i++)
        {
            ChatResponse response = await client.AskAsync(mode, $"question {i}");
            records.Add(response.Record());
            if (report)
            {
                client.ReportOutcome(response, response.Text == "right" ? OutcomeReport.Good : OutcomeReport.Bad).Should().BeTrue();
            }
        }

        return records;
    }
}
