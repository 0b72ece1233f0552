namespace AutoMix;

/// <summary>The state of one model of a pipeline.</summary>
public sealed class ModelStatus
{
    internal ModelStatus(string model, TimeSpan? openFor) => (Model, OpenFor) = (model, openFor);

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>How long the model is still left alone because it kept failing; null if it is called.</summary>
    public TimeSpan? OpenFor { get; }
}
