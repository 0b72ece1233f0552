namespace AutoMix.Policies;

/// <summary>A yardstick of reports that cannot be run: it needs facts that no request has.</summary>
/// <param name="Key">Its key in reports.</param>
/// <param name="Description">The rule of the yardstick.</param>
/// <param name="WhyNotRun">Why it cannot be trained or run.</param>
public sealed record EvaluationBaseline(string Key, string Description, string WhyNotRun);
