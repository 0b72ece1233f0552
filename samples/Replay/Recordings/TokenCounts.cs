namespace AutoMix.Replay;

/// <summary>What one call used.</summary>
internal readonly record struct TokenCounts(long Input, long Output);
