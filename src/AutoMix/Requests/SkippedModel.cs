namespace AutoMix;

/// <summary>A model that was not available to the policy, in a <see cref="RoutingRecord"/>.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedModel(string Model, string Reason);
