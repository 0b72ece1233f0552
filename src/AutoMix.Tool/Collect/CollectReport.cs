namespace AutoMix.Tool.Collect;

/// <summary>What <c>automix collect --json</c> prints.</summary>
internal sealed record CollectReport
{
    public required string Output { get; init; }

    public required int Questions { get; init; }

    /// <summary>Questions that every model has answered: the records of the output.</summary>
    public required int Complete { get; init; }

    /// <summary>Calls of this run; the rest was in the journal.</summary>
    public required int Calls { get; init; }

    /// <summary>Dollars of this run.</summary>
    public required decimal Cost { get; init; }

    /// <summary>Dollars of all runs so far.</summary>
    public required decimal CostSoFar { get; init; }

    public required IReadOnlyList<CollectedModel> Models { get; init; }

    /// <summary>Why it ended early; null where it did not.</summary>
    public required string? Stopped { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <param name="Model">The model's name.</param>
    /// <param name="Accuracy">Of the complete questions; null where there is none.</param>
    /// <param name="Cost">Dollars for answers to the complete questions.</param>
    /// <param name="VerifyCost">Dollars for verifying them.</param>
    /// <param name="Unknown">Complete questions whose verification said nothing usable.</param>
    /// <param name="Failed">Answers that could not be had.</param>
    internal sealed record CollectedModel(string Model, double? Accuracy, double Cost, double VerifyCost, int Unknown, int Failed);
}
