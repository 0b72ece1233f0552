namespace AutoMix.Policies;

/// <summary>The outcome of one model's answer.</summary>
public readonly struct AnswerOutcome
{
    /// <param name="model">Index of the model.</param>
    /// <param name="cost">The cost of the answer.</param>
    /// <param name="quality">The grade of the answer, in [0, 1]; null if it was not graded.</param>
    /// <param name="confidence">The observed confidence, in [0, 1]; null if there was none.</param>
    public AnswerOutcome(int model, CascadeCost cost, double? quality = null, double? confidence = null)
    {
        Model = model;
        Cost = cost;
        Quality = quality;
        Confidence = confidence;
    }

    /// <summary>Index of the model.</summary>
    public int Model { get; }

    /// <summary>The cost of the answer.</summary>
    public CascadeCost Cost { get; }

    /// <summary>The grade of the answer, in [0, 1]; null if it was not graded.</summary>
    public double? Quality { get; internal init; }

    /// <summary>The observed confidence, in [0, 1]; null if there was none.</summary>
    public double? Confidence { get; }
}
