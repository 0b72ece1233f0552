namespace AutoMix.Stores;

/// <summary>The right to learn and publish for a while.</summary>
/// <param name="name">The name of what is leased.</param>
/// <param name="owner">The holder.</param>
/// <param name="fencingToken">A number larger than that of every earlier lease of this name; at least 1.</param>
/// <param name="duration">How long the lease holds, counted by the holder from before it asked.</param>
public sealed class LearnerLease(string name, string owner, long fencingToken, TimeSpan duration)
{
    /// <summary>The name of what is leased.</summary>
    public string Name => name;

    /// <summary>The holder.</summary>
    public string Owner => owner;

    /// <summary>A number larger than that of every earlier lease of this name; at least 1.</summary>
    public long FencingToken => fencingToken;

    /// <summary>How long the lease holds, counted by the holder from before it asked.</summary>
    public TimeSpan Duration => duration;
}
