namespace AutoMix.Tool.Evaluate;

/// <summary>What <c>automix evaluate --policy all --json</c> prints: one report per policy, and the policies that the traces do not suffice for.</summary>
internal sealed record AllPoliciesReport
{
    public required IReadOnlyList<EvaluationReport> Policies { get; init; }

    public required IReadOnlyList<LeftOutPolicy> LeftOut { get; init; }

    /// <param name="Policy">The policy's key.</param>
    /// <param name="Reason">What the traces lack, or why the goal cannot be met.</param>
    internal sealed record LeftOutPolicy(string Policy, string Reason);
}
