namespace AutoMix.Stores;

/// <summary>One version of a policy in an <see cref="IPlanStore"/>.</summary>
/// <param name="number">The number of the version, counted up from 1.</param>
/// <param name="fencingToken">The token of the lease under which the version was published.</param>
/// <param name="content">The policy, as <see cref="AutoMix.Policies.PolicyFile"/> writes it.</param>
public sealed class PlanVersion(long number, long fencingToken, ReadOnlyMemory<byte> content)
{
    /// <summary>The number of the version, counted up from 1.</summary>
    public long Number => number;

    /// <summary>The token of the lease under which the version was published.</summary>
    public long FencingToken => fencingToken;

    /// <summary>The policy, as <see cref="AutoMix.Policies.PolicyFile"/> writes it.</summary>
    public ReadOnlyMemory<byte> Content => content;
}
