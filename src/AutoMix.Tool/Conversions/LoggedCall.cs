namespace AutoMix.Tool.Conversions;

/// <summary>One answered request out of a log.</summary>
internal sealed record LoggedCall
{
    /// <summary>What identifies the question across models; null where the log has nothing, and the texts do.</summary>
    public string? QuestionId { get; init; }

    public required string System { get; init; }

    public required string Prompt { get; init; }

    public required string Model { get; init; }

    public required string Answer { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>In dollars; null where the log does not say.</summary>
    public decimal? Cost { get; init; }

    public double Seconds { get; init; }
}
