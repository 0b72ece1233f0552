namespace AutoMix.Tool.Explain;

/// <summary>The path of one recorded query through a policy: at each step the belief, what every action is worth, and the decision.</summary>
internal sealed record Explanation
{
    public required string Id { get; init; }

    public required string Prompt { get; init; }

    public required string Policy { get; init; }

    /// <summary>For a mixture: which of the two policies the query's coin chose, and how likely that was; null elsewhere.</summary>
    public required string? Coin { get; init; }

    public required IReadOnlyList<Step> Steps { get; init; }

    /// <summary>The model whose answer was returned; null for an abstention.</summary>
    public required string? Answer { get; init; }

    public required double Quality { get; init; }

    public required double Dollars { get; init; }

    /// <param name="Action">What was decided.</param>
    /// <param name="Belief">P(each model answers correctly), before the action; null where the policy holds none.</param>
    /// <param name="Values">What each action is worth; empty where the policy does not compare values.</param>
    /// <param name="Observed">What the action brought to light.</param>
    internal sealed record Step(string Action, IReadOnlyDictionary<string, double>? Belief, IReadOnlyDictionary<string, double> Values, string? Observed);
}
