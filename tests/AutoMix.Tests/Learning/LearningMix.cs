using AutoMix.Learning;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Learning;

/// <summary>
/// A pipeline that learns, over two simulated models: questions are easy or hard, the small model is right on easy ones only, the
/// large one always, and what a free verifier says of right and of wrong answers overlaps.
/// </summary>
internal sealed class LearningMix
{
    private readonly Random _random;

    public LearningMix(Action<AutoMixBuilder>? configure = null, int seed = 1, double smallAccuracy = 0.6)
    {
        _random = new(seed);
        SmallAccuracy = smallAccuracy;
        Small = new(call => Reply.Of(IsEasy(call.Messages[^1].Text) ? "right" : "wrong", 100, 5));
        Large = new(call => Reply.Of("right", 100, 5));
        Client = Mix.Of(Small, Large, mix =>
        {
            mix.UseTimeProvider(Time)
                .VerifyWith((answer, _) => new(answer.Text == "right" ? 0.76 + (0.2 * Roll(answer.Messages[^1].Text)) : 0.2 + (0.65 * Roll(answer.Messages[^1].Text))), "check")
                .Configure(o =>
                {
                    o.Learning.Enabled = true;
                    o.Learning.Interval = TimeSpan.FromDays(1);
                    o.Learning.FirstExploration = 1;
                    o.Learning.ExplorationDollarsPerDay = null;
                });
            configure?.Invoke(mix);
        });
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ScriptedClient Small { get; }

    public ScriptedClient Large { get; }

    public IChatClient Client { get; }

    public double SmallAccuracy { get; set; }

    public OnlineLearner Learner => Client.GetService<OnlineLearner>()!;

    /// <summary>Asks new questions, and reports whether what came back was right.</summary>
    public async Task<List<RoutingRecord>> AskAsync(int questions, bool report = true, Func<int, OutcomeReport, OutcomeReport>? change = null)
    {
        var records = new List<RoutingRecord>();
        for (int i = 0; i < questions; i++)
        {
            ChatResponse response = await Client.GetResponseAsync($"question {_random.Next()}");
            records.Add(response.Record());
            if (report)
            {
                OutcomeReport outcome = response.Text == "right" ? OutcomeReport.Good : OutcomeReport.Bad;
                Client.ReportOutcome(response, change?.Invoke(i, outcome) ?? outcome).Should().BeTrue();
            }
        }

        return records;
    }

    private bool IsEasy(string question) => RequestKeys.Uniform(7, RequestKeys.FromText(question)) < SmallAccuracy;

    private static double Roll(string question) => RequestKeys.Uniform(8, RequestKeys.FromText(question));
}
