using AutoMix.Traces;

namespace AutoMix.Tests;

/// <summary>What stopping saves, and what it changes, on recorded confidences of both chains and tasks.</summary>
public sealed class EarlyStoppingTests
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
}
