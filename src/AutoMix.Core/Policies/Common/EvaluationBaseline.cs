namespace AutoMix.Policies;

/// <summary>A yardstick of reports that is no policy: it needs what no request has.</summary>
/// <param name="Key">Its key in reports.</param>
/// <param name="Description">What it does.</param>
/// <param name="WhyNotRun">Why it cannot be trained or run.</param>
public sealed record EvaluationBaseline(string Key, string Description, string WhyNotRun);
