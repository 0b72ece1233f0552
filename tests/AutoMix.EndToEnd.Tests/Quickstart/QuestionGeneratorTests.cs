namespace AutoMix.Quickstart;

/// <summary>The simulation against what was measured on 1 000 recorded trivia questions.</summary>
public sealed class QuestionGeneratorTests
{
    private const int Count = 40_000;

    private static readonly SimulatedQuestion[] Questions = [.. QuestionGenerator.Generate(SimulatedModel.LlamaOnTrivia, Count, seed: 7)];

    [Theory]
    [InlineData(0, .372, 8.5, 20)]
    [InlineData(1, .633, 8.5, 20)]
    [InlineData(2, .787, 17.1, 40)]
    [InlineData(3, .928, 76.2, 180)]
    [InlineData(4, .949, 267.2, 614)]
    public void Generate_ManyQuestions_HaveTheMeasuredAccuracyAndCosts(int model, double accuracy, double dollarsPerMillion, double verifyDollarsPerMillion)
    {
        SimulatedAnswer[] answers = [.. Questions.Select(question => question.Answers[model])];

        // Three standard errors of a share of .5 over so many questions.
        answers.Average(answer => answer.IsCorrect ? 1.0 : 0).Should().BeApproximately(accuracy, 3 * 0.5 / Math.Sqrt(Count));
        answers.Average(answer => (double)answer.Cost * 1e6).Should().BeApproximately(dollarsPerMillion, 0.01 * dollarsPerMillion);
        answers.Average(answer => (double)answer.VerificationCost * 1e6).Should().BeApproximately(verifyDollarsPerMillion, 0.02 * verifyDollarsPerMillion);
    }

    [Theory]
    [InlineData(0, .479)]
    [InlineData(1, .796)]
    [InlineData(2, .861)]
    [InlineData(3, .888)]
    [InlineData(4, .906)]
    public void Generate_ManyQuestions_ConfidencesSeparateRightFromWrongAsMeasured(int model, double auroc)
    {
        double[] right = [.. Questions.Select(question => question.Answers[model]).Where(answer => answer.IsCorrect).Select(answer => answer.Confidence).Order()];
        double[] wrong = [.. Questions.Select(question => question.Answers[model]).Where(answer => !answer.IsCorrect).Select(answer => answer.Confidence)];

        double below = wrong.Average(confidence => 1 - (double)CountBelow(right, confidence) / right.Length);

        below.Should().BeApproximately(auroc, 0.03);
    }

    [Theory]
    [InlineData(0, 1, .77, .10)]
    [InlineData(1, 2, .85, .23)]
    [InlineData(2, 3, .88, .26)]
    [InlineData(3, 4, .89, .63)]
    public void Generate_ManyQuestions_ModelsAgreeAsMeasured(int first, int second, double bothRight, double bothWrong)
    {
        double Agreement(bool correct) => Questions
            .Where(question => question.Answers[first].IsCorrect == correct && question.Answers[second].IsCorrect == correct)
            .Average(question => AnswerText.Agree(question.Answers[first].Text, question.Answers[second].Text) ? 1.0 : 0);

        Agreement(true).Should().BeApproximately(bothRight, 0.03);
        Agreement(false).Should().BeApproximately(bothWrong, 0.05);
    }

    [Fact]
    public void Generate_ManyQuestions_SomeModelIsRightAsOftenAsMeasured() =>
        Questions.Average(question => question.Answers.Any(answer => answer.IsCorrect) ? 1.0 : 0).Should().BeApproximately(.971, 0.015);

    [Fact]
    public void Generate_SameSeed_DrawsTheSame() =>
        QuestionGenerator.Generate(SimulatedModel.LlamaOnTrivia, 20, seed: 7).Select(question => question.ToTraceRecord().Answers)
            .Should().BeEquivalentTo(Questions.Take(20).Select(question => question.ToTraceRecord().Answers), options => options.WithStrictOrdering());

    private static int CountBelow(double[] sorted, double value)
    {
        int at = Array.BinarySearch(sorted, value);
        return at < 0 ? ~at : at;
    }
}
