using System.Globalization;
using MathNet.Numerics.Distributions;

namespace AutoMix.Quickstart;

/// <summary>
/// Draws questions: a latent difficulty ties the models' correctness together (a one-factor probit model), a latent clarity
/// their confidences, and wrong models share misconceptions.
/// </summary>
internal static class QuestionGenerator
{
    private const double MeanInputTokens = 80.73;
    private const double DeviationOfInputTokens = 9.98;

    // Log-odds at which a confidence in 32-bit floats is 1.
    private const double LargestLogOdds = 16.6;

    public static IEnumerable<SimulatedQuestion> Generate(IReadOnlyList<SimulatedModel> models, int count, int seed)
    {
        var random = new Random(seed);
        for (int number = 0; number < count; number++)
        {
            double ease = Gaussian(random);
            double clarity = Gaussian(random);
            int input = (int)Math.Round(MeanInputTokens + DeviationOfInputTokens * Gaussian(random));
            int year = random.Next(1000, 2000);
            string id = string.Create(CultureInfo.InvariantCulture, $"{seed}-{number}");
            yield return new SimulatedQuestion(
                id,
                string.Create(CultureInfo.InvariantCulture, $"Chronicle {seed}-{number}?"),
                Invariant(year),
                [.. models.Select(model => Answer(model, random, ease, clarity, year, input))]);
        }
    }

    private static SimulatedAnswer Answer(SimulatedModel model, Random random, double ease, double clarity, int year, int input)
    {
        bool isCorrect = Mix(model.Difficulty, ease, random) < Normal.InvCDF(0, 1, model.Accuracy);
        LogOdds odds = isCorrect ? model.Right : model.Wrong;
        double logOdds = Math.Min(odds.Mean + odds.Deviation * Mix(model.Clarity, clarity, random), LargestLogOdds);
        bool usual = random.NextDouble() >= (isCorrect ? model.Wording : 1 - model.Misconception);
        int error = random.Next(1, 400) * (random.Next(2) == 0 ? 1 : -1);
        string text = (isCorrect, usual) switch
        {
            (true, true) => Invariant(year),
            (true, false) => $"It was written in {Invariant(year)}, says {model.Name}",
            (false, true) => Invariant(year + 1),
            (false, false) => Invariant(year + 1 + error),
        };
        return new SimulatedAnswer(model, text, isCorrect, 1 / (1 + Math.Exp(-logOdds)), input, Tokens(model.OutputTokens, random));
    }

    /// <summary>A standard normal number of which the share <paramref name="loading"/> is common to all models.</summary>
    private static double Mix(double loading, double common, Random random) =>
        loading * common + Math.Sqrt(1 - loading * loading) * Gaussian(random);

    private static double Gaussian(Random random) => Normal.Sample(random, 0, 1);

    /// <summary>At least one token; the rest are geometric.</summary>
    private static int Tokens(double mean, Random random) =>
        1 + (int)(Math.Log(1 - random.NextDouble()) / Math.Log(1 - 1 / mean));

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
}
