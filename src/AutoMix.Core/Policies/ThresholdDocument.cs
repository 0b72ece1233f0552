namespace AutoMix.Policies;

/// <summary>A <see cref="ThresholdPolicy"/> as it stands in a file.</summary>
internal sealed record ThresholdDocument : PolicyDocument
{
    public required double[] Thresholds { get; init; }

    /// <summary>Whether the thresholds were tuned on traces; files that do not say were.</summary>
    public bool? Fitted { get; init; }

    public override ICascadePolicy ToPolicy() => new ThresholdPolicy(Models, Thresholds) { Fitted = Fitted ?? true };
}
