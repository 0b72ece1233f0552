using System.Globalization;
using AutoMix;
using AutoMix.Samples.Shadow;
using Microsoft.Extensions.AI;

// Shadow mode: the policy decides and learns, and every answer that is returned is the large model's. What it would save is measured
// before anybody trusts it. The models are SIMULATED: no key, no network. Put your own clients in their place.
const int Questions = 1000;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using AutoMixChatClient client = (AutoMixChatClient)SimulatedAnswers.Model("small", accuracy: 0.7).AsBuilder()
    .UseAutoMix(mix => mix
        .FirstModel("small", ModelPrice.PerMillionTokens(input: 0.15m, output: 0.60m))
        .AddModel("large", SimulatedAnswers.Model("large", accuracy: 0.95), ModelPrice.PerMillionTokens(input: 2.50m, output: 10.00m))
        .VerifyWith((answer, _) => new(SimulatedAnswers.Confidence(answer.Model, answer.Text)), "simulated token probability")
        .UseGoal(Goal.KeepQuality(0.99))
        .Configure(o =>
        {
            o.Learning.Enabled = true;
            o.Learning.Interval = TimeSpan.FromHours(1);
            o.Rollout.Mode = RolloutMode.Shadow;
        }))
    .Build();

decimal large = 0;
decimal would = 0;
decimal paid = 0;
int agree = 0;
for (int i = 0; i < Questions; i++)
{
    ChatResponse response = await client.GetResponseAsync($"question {i}");
    RoutingRecord record = response.GetRoutingRecord()!;
    client.ReportOutcome(response, SimulatedAnswers.IsRight(response.Text) ? OutcomeReport.Good : OutcomeReport.Bad);
    paid += record.Cost;
    large += record.Rollout!.LargestCost ?? 0;
    would += record.Rollout.WouldCost ?? 0;
    agree += record.Rollout.WouldAgree == true ? 1 : 0;
    if (i % 100 == 99)
    {
        await client.GetService<OnlineLearner>()!.LearnAsync();
        Console.WriteLine($"{i + 1,5} requests: the large model alone ${large:0.0000}, the policy would cost ${would:0.0000} and return the same answer to {(double)agree / (i + 1):P0} (plan {client.GetService<OnlineLearner>()!.PlanVersion}, {client.GetService<OnlineLearner>()!.Labels:0} labels)");
    }
}

Console.WriteLine($"Simulated models. Shadowing cost ${paid:0.0000}; without the shadow the policy would save {1 - (would / large):P0}.");
