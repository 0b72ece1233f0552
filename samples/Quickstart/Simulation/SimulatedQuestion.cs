namespace AutoMix.Quickstart;

/// <summary>A made-up question, the truth, and what every model would say.</summary>
internal sealed record SimulatedQuestion(string Id, string Text, string Truth, IReadOnlyList<SimulatedAnswer> Answers)
{
    /// <summary>The same as a row of a trace file, to learn from or to evaluate on.</summary>
    public TraceRecord ToTraceRecord() => new()
    {
        Id = Id,
        Dataset = "simulated",
        Prompt = Text,
        Answers =
        [
            .. Answers.Select(answer => new TraceAnswer
            {
                Model = answer.Model.Name,
                Answer = answer.Text,
                Quality = answer.IsCorrect ? 1 : 0,
                Confidence = answer.Confidence,
                InputTokens = answer.InputTokens,
                OutputTokens = answer.OutputTokens,
                AnswerCost = (double)answer.Cost,
                VerifyCost = (double)answer.VerificationCost,
            }),
        ],
    };
}
