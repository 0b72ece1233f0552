namespace AutoMix;

/// <summary>A model that was not available to the policy, in a <see cref="RoutingRecord"/>.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Reason">The reason.</param>
public sealed record SkippedModel(string Model, string Reason);
