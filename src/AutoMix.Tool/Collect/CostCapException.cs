namespace AutoMix.Tool.Collect;

/// <summary>Another call could pass the most that may be spent.</summary>
internal sealed class CostCapException() : Exception("The most that may be spent is reached.");
