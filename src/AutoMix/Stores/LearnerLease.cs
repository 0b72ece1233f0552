namespace AutoMix.Stores;

/// <summary>The right to learn and publish for a while.</summary>
/// <param name="Name">Names what is leased.</param>
/// <param name="Owner">The holder.</param>
/// <param name="FencingToken">Larger than that of every lease of this name before it; at least 1.</param>
/// <param name="Duration">How long it holds, counted by the holder from before it asked.</param>
public sealed record LearnerLease(string Name, string Owner, long FencingToken, TimeSpan Duration);
