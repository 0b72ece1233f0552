using CsCheck;

namespace AutoMix.Replay;

public sealed class RecordedAnswersTests
{
    private static readonly Dictionary<string, TokenPrice> ListPrices = new()
    {
        ["llama3.2-1b"] = new(0.1m, 0.1m),
        ["llama3.2-3b"] = new(0.1m, 0.1m),
        ["llama3.1-8b"] = new(0.2m, 0.2m),
        ["llama3.1-70b"] = new(0.9m, 0.9m),
        ["llama3.1-405b"] = new(3m, 3m),
        ["gpt-4o-mini"] = new(0.15m, 0.60m),
        ["qwen2.5-32b-coder-instruct"] = new(0.9m, 0.9m),
        ["qwen2.5-72b-instruct"] = new(0.9m, 0.9m),
        ["gpt-4o"] = new(2.5m, 10m),
    };

    [TracesTheory]
    [InlineData("mmlu.llama")]
    [InlineData("mmlu.qwen_oai")]
    [InlineData("triviaqa.llama")]
    [InlineData("triviaqa.qwen_oai")]
    public void PriceOf_RecordedTraces_IsTheListPriceAndEveryCostFollowsFromIt(string chain)
    {
        foreach (string split in (string[])["train", "test"])
        {
            IReadOnlyList<TraceRecord> records = RecordedTraces.Read($"{chain}.{split}");
            var recordings = new RecordedAnswers(records);

            recordings.Models.Select(recordings.PriceOf).Should().Equal(recordings.Models.Select(model => ListPrices[model]));
            foreach (TraceRecord record in records)
            {
                foreach (TraceAnswer answer in record.Answers)
                {
                    TokenPrice price = recordings.PriceOf(answer.Model);
                    recordings.TryFind(record.Id, answer.Model, out RecordedAnswer? recorded).Should().BeTrue();
                    price.CostOf(answer.InputTokens, answer.OutputTokens).Should().BeApproximately(answer.AnswerCost, 1e-12);
                    price.CostOf(recorded!.Verification.Input, recorded.Verification.Output).Should().BeApproximately(answer.VerifyCost, 1e-12);
                    recorded.Verification.Output.Should().Be(answer.VerifyCost == 0 ? 0 : 1);
                }
            }
        }
    }

    [Fact]
    public void Constructor_CostsFollowFromNoPrice_SaysWhichModel()
    {
        TraceRecord odd = SampleRecords.All[0] with
        {
            Id = "odd",
            Answers = [SampleRecords.All[0].Answers[0] with { AnswerCost = 0.5 }],
        };

        Action load = () => _ = new RecordedAnswers([.. SampleRecords.All, odd]);

        load.Should().Throw<FormatException>().WithMessage("*'small'*answer_cost_usd*");
    }

    [Fact]
    public void Constructor_VerifyCostOfNoWholeTokens_SaysWhichRecord()
    {
        TraceRecord odd = SampleRecords.All[0] with
        {
            Id = "odd",
            Answers = [SampleRecords.All[0].Answers[0] with { VerifyCost = 1.2345678e-7 }],
        };

        Action load = () => _ = new RecordedAnswers([.. SampleRecords.All, odd]);

        load.Should().Throw<FormatException>().WithMessage("*'odd'*verify_cost_usd*");
    }

    [Fact]
    public void Constructor_SameAnswerTwice_Throws()
    {
        Action load = () => _ = new RecordedAnswers([.. SampleRecords.All, SampleRecords.All[0]]);

        load.Should().Throw<FormatException>().WithMessage("*'small'*'r-0'*twice*");
    }

    [Fact]
    public void SaysCorrect_AllSeeds_AddUpToTheQuantisedConfidence() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[1, 64]).Sample((confidence, samples) =>
        {
            int correct = Enumerable.Range(0, samples).Count(seed => Votes.SaysCorrect(confidence, samples, seed));
            return (double)correct / samples == Votes.Quantise(confidence, samples)
                && Math.Abs(Votes.Quantise(confidence, samples) - confidence) <= 0.5 / samples + 1e-15;
        });
}
