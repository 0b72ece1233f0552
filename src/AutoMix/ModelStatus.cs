namespace AutoMix;

/// <summary>Whether a model of a pipeline is asked at present.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="OpenFor">How long it is still left alone because it kept failing; null where it is asked.</param>
public sealed record ModelStatus(string Model, TimeSpan? OpenFor);
