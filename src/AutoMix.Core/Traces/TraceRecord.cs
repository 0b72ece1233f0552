namespace AutoMix;

/// <summary>One recorded query with the answers of all models.</summary>
public sealed record TraceRecord
{
    /// <summary>The record's id, unique within a file.</summary>
    public required string Id { get; init; }

    /// <summary>The data set it comes from.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>The split it belongs to, such as <c>train</c> or <c>test</c>.</summary>
    public string Split { get; init; } = "";

    /// <summary>The system prompt.</summary>
    public string System { get; init; } = "";

    /// <summary>The user prompt.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>One answer of each model, in the order of the cascade.</summary>
    public required IReadOnlyList<TraceAnswer> Answers { get; init; }
}
