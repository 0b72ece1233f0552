using Microsoft.Extensions.AI;

namespace AutoMix.Samples.Shadow;

/// <summary>What the simulated models say: each is right on a fixed share of the questions, those that are easy enough for it.</summary>
internal static class SimulatedAnswers
{
    public static SimulatedModel Model(string name, double accuracy) => new(name, messages =>
    {
        string question = messages[^1].Text;
        bool isRight = RequestKeys.Uniform(1, RequestKeys.FromText(question)) < accuracy;
        return new TextContent($"{(isRight ? "right" : $"wrong ({name})")} answer to {question}");
    });

    public static bool IsRight(string answer) => answer.StartsWith("right", StringComparison.Ordinal);

    /// <summary>What a verifier would say: high for most right answers, lower for most wrong ones.</summary>
    public static double Confidence(string model, string answer)
    {
        double noise = RequestKeys.Uniform(2, RequestKeys.FromText(model + answer));
        return IsRight(answer) ? 1 - (0.4 * noise * noise) : 0.2 + (0.7 * noise);
    }
}
