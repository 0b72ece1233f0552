namespace AutoMix.Quickstart;

/// <summary>What was measured of one model, as the few numbers that the simulation needs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DollarsPerMillionTokens">Its price; the same for input and output.</param>
/// <param name="Accuracy">Share of correct answers.</param>
/// <param name="Difficulty">How much of what decides a question is its difficulty, which all models share (a factor loading).</param>
/// <param name="Clarity">How much of what moves its confidence is shared with other models, given correctness.</param>
/// <param name="Right">Log-odds of its confidence in its correct answers.</param>
/// <param name="Wrong">Log-odds of its confidence in its wrong answers.</param>
/// <param name="Wording">Share of its correct answers that it words in its own way, so that they agree with no other.</param>
/// <param name="Misconception">Share of its wrong answers that are the question's common misconception.</param>
/// <param name="OutputTokens">Mean tokens of an answer.</param>
internal sealed record SimulatedModel(
    string Name,
    decimal DollarsPerMillionTokens,
    double Accuracy,
    double Difficulty,
    double Clarity,
    LogOdds Right,
    LogOdds Wrong,
    double Wording,
    double Misconception,
    double OutputTokens)
{
    /// <summary>Five Llama models on trivia questions: accuracies, costs, confidences, and how they hang together.</summary>
    public static IReadOnlyList<SimulatedModel> LlamaOnTrivia { get; } =
    [
        new("llama-1b", 0.1m, .372, .72, .00, new(-2.34, .50), new(-2.31, .48), .16, .22, 4.39),
        new("llama-3b", 0.1m, .633, .78, .55, new(4.79, 4.38), new(-.21, 4.01), .08, .52, 3.81),
        new("llama-8b", 0.2m, .787, .96, .70, new(6.48, 3.57), new(.91, 3.52), .07, .39, 3.92),
        new("llama-70b", 0.9m, .928, .92, .75, new(8.41, 3.94), new(.86, 4.52), .05, .77, 3.97),
        new("llama-405b", 3.0m, .949, .98, .70, new(11.67, 3.48), new(2.99, 5.72), .06, .82, 8.35),
    ];
}

/// <summary>A normal distribution of log-odds.</summary>
internal readonly record struct LogOdds(double Mean, double Deviation);
