namespace AutoMix;

/// <summary>A policy whose fingerprint changes while it runs.</summary>
internal interface IChangingPolicy : IRoutingPolicy
{
    /// <summary>Changes whenever the fingerprint does.</summary>
    long Version { get; }
}
