namespace AutoMix.Policies;

/// <summary>A <see cref="ThresholdPolicy"/> as it stands in a file.</summary>
internal sealed record ThresholdDocument : PolicyDocument
{
    public required double[] Thresholds { get; init; }

    public override ICascadePolicy ToPolicy() => new ThresholdPolicy(Models, Thresholds);
}
