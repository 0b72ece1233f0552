namespace AutoMix;

/// <summary>What one model did with one recorded query.</summary>
public sealed record TraceAnswer
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The text of its answer.</summary>
    public required string Answer { get; init; }

    /// <summary>How good the answer is, in [0, 1]: 1 for correct, 0 for wrong, or a graded quality between.</summary>
    public required double Quality { get; init; }

    /// <summary>The verifier's confidence that the answer is correct, in [0, 1]; null where nothing usable came back.</summary>
    public double? Confidence { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Dollars for the answer.</summary>
    public double AnswerCost { get; init; }

    /// <summary>Dollars for its verification; 0 where the answer itself carries the confidence.</summary>
    public double VerifyCost { get; init; }

    /// <summary>Seconds until the answer was complete.</summary>
    public double Seconds { get; init; }
}
