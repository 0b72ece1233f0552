namespace AutoMix;

/// <summary>A model that was not available to the policy, in a <see cref="RoutingRecord"/>.</summary>
public sealed record SkippedModel
{
    /// <summary>Creates the entry of a model.</summary>
    /// <param name="model">The name of the model.</param>
    /// <param name="reason">The reason.</param>
    public SkippedModel(string model, string reason) => (Model, Reason) = (model, reason);

    /// <summary>The name of the model.</summary>
    public string Model { get; }

    /// <summary>The reason.</summary>
    public string Reason { get; }
}
