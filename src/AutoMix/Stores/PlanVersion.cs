namespace AutoMix.Stores;

/// <summary>One version of a policy in an <see cref="IPlanStore"/>.</summary>
/// <param name="Number">Counts up from 1.</param>
/// <param name="FencingToken">The token of the lease under which it was published.</param>
/// <param name="Content">The policy, as <see cref="AutoMix.Policies.PolicyFile"/> writes it.</param>
public sealed record PlanVersion(long Number, long FencingToken, ReadOnlyMemory<byte> Content);
