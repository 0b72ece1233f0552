using AutoMix.Policies;
using Microsoft.Extensions.AI;
using Xunit.Abstractions;

namespace AutoMix.Tests;

/// <summary>What stopping saves, and what it changes, on recorded confidences of both chains and tasks.</summary>
public sealed class EarlyStoppingTests(ITestOutputHelper output)
{
    private const int Samples = 16;

    [TracesTheory]
    [InlineData(0.5)]
    [InlineData(0.75)]
    [InlineData(0.9)]
    public async Task SelfVerification_OfRecordedConfidences_SavesAThirdOfTheVotesAndChangesNoDecision(double threshold)
    {
        double[] confidences =
        [
            .. new[] { "triviaqa.llama.test", "triviaqa.qwen_oai.test", "mmlu.llama.test", "mmlu.qwen_oai.test" }
                .SelectMany(name => RecordedTraces.Read(name).Where((_, i) => i % 5 == 0).SelectMany(record => record.Answers.Select(answer => answer.Confidence!.Value))),
        ];
        var random = new Random(11);
        IVerifier verifier = Verifiers.SelfVerification(Samples);
        int asked = 0;
        int changed = 0;
        foreach (double confidence in confidences)
        {
            // Votes as a model gives them: each for Correct with the recorded probability.
            bool[] votes = [.. Enumerable.Range(0, Samples).Select(_ => random.NextDouble() < confidence)];
            Verdict verdict = await verifier.OfAsync(Asked.Context(
                "Eight.",
                (_, options) =>
                {
                    asked++;
                    return votes[options!.Seed!.Value] ? "Verification Decision: Correct" : "Verification Decision: Incorrect";
                },
                threshold: threshold));
            changed += verdict.Confidence >= threshold == votes.Count(v => v) / (double)Samples >= threshold ? 0 : 1;
        }

        confidences.Should().HaveCountGreaterThan(4000);
        (1 - ((double)asked / (Samples * confidences.Length))).Should().BeGreaterThan(0.35);
        ((double)changed / confidences.Length).Should().BeLessThan(0.005);
    }

    // Trained and run on shares of sixteen votes, drawn from the recorded confidences, at a tenth of the recorded price: a vote of
    // one token on a prompt that is mostly in the cache.
    [TracesTheory]
    [InlineData("triviaqa.llama", "pomdp", 0.98)]
    [InlineData("triviaqa.llama", "threshold", 0.98)]
    [InlineData("triviaqa.qwen_oai", "pomdp", 0.98)]
    [InlineData("triviaqa.qwen_oai", "threshold", 0.98)]
    public async Task Policy_ThatWasTrained_SavesVotesAndDecidesAsWithAllOfThem(string traces, string family, double keep)
    {
        ICascadePolicy policy = PolicyRegistry.Get(family).Train(TraceTable.From(Votes($"{traces}.train", 3))).For(Goal.KeepQuality(keep));
        TraceRecord[] records = [.. Votes($"{traces}.test", 4).Where((_, i) => i % TestSize.Of(6, 3) == 0)];
        (List<string> all, int asked) = await DecisionsAsync(policy, records, Samples, null);
        (List<string> stopped, int askedWhenStopped) = await DecisionsAsync(policy, records, null, null);
        (List<string> risked, int askedAtRisk) = await DecisionsAsync(policy, records, null, 0.02);
        double changed = risked.Zip(all).Count(pair => pair.First != pair.Second) / (double)all.Count;
        output.WriteLine($"{traces} {family} {keep}: {asked / Samples} verifications, {1 - ((double)askedWhenStopped / asked):P1} of the votes saved; at risk .02 {1 - ((double)askedAtRisk / asked):P1}, {changed:P2} of {all.Count} requests changed");

        stopped.Should().Equal(all);
        asked.Should().BeGreaterThan(Samples * 20);
        askedWhenStopped.Should().BeLessThan(asked);
    }

    private static IEnumerable<TraceRecord> Votes(string name, int seed)
    {
        var random = new Random(seed);
        return RecordedTraces.Read(name).Select(record => record with
        {
            Answers = [.. record.Answers.Select(answer => answer with { Confidence = Enumerable.Range(0, Samples).Count(_ => random.NextDouble() < answer.Confidence) / (double)Samples, VerifyCost = answer.VerifyCost / 10 })],
        });
    }

    private static async Task<(List<string> Decisions, int Asked)> DecisionsAsync(ICascadePolicy policy, TraceRecord[] records, int? batch, double? risk)
    {
        int asked = 0;
        TraceRecord now = records[0];
        using AutoMixChatClient client = Pipeline();
        var decisions = new List<string>();
        foreach (TraceRecord record in records)
        {
            now = record;
            RoutingRecord routing = (await client.GetResponseAsync(record.Prompt)).Record();
            decisions.Add($"{record.Id}: {string.Join(", ", routing.Decisions.Select(d => (d.Kind, d.Model)))}");
        }

        return (decisions, asked);

        AutoMixChatClient Pipeline()
        {
            var mix = new AutoMixBuilder();
            foreach (string model in policy.Models)
            {
                mix.AddModel(model, new ScriptedClient(call =>
                {
                    TraceAnswer answer = now.Answers.Single(a => a.Model == model);
                    if (!call.IsVerification)
                    {
                        return ScriptedClient.Reply.Of(answer.Answer.Length > 0 ? answer.Answer : "-");
                    }

                    // The votes for Correct stand among the others in an order of the query's own.
                    asked++;
                    bool[] votes = [.. Enumerable.Range(0, Samples).Select(i => i < answer.Confidence * Samples)];
                    new Random((int)RequestKeys.FromText(now.Id)).Shuffle(votes);
                    return ScriptedClient.Reply.Of($"Verification Decision: {(votes[call.Options!.Seed!.Value] ? "Correct" : "Incorrect")}");
                }));
            }

            return mix.RouteWith(policy).VerifyWith(Verifiers.SelfVerification(Samples, o => (o.BatchSize, o.StopRisk) = (batch, risk))).Build();
        }
    }
}
