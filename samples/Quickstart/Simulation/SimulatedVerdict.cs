namespace AutoMix.Quickstart;

/// <summary>The raw object behind a simulated verdict: the probability that the simulated model gives to "Correct".</summary>
internal sealed record SimulatedVerdict(double Confidence);
