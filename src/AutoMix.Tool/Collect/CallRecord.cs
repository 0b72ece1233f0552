using System.Text.Json;

namespace AutoMix.Tool.Collect;

/// <summary>One answered call as it came back, raw: grades and confidences are made from it and can be made again.</summary>
internal sealed record CallRecord
{
    /// <summary>What was asked, as a hash: the same call is never made twice.</summary>
    public required string Key { get; init; }

    /// <summary>The question's id.</summary>
    public required string Question { get; init; }

    public required string Model { get; init; }

    public required CallPurpose Purpose { get; init; }

    public required string Text { get; init; }

    /// <summary>The log-probabilities of the tokens, where they were asked for.</summary>
    public JsonElement? LogProbabilities { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long CachedInputTokens { get; init; }

    /// <summary>Whether the provider reported no usage, so that the tokens are estimated from the texts.</summary>
    public bool UsageIsEstimated { get; init; }

    /// <summary>The dollars, at the price of the day of the call; null where the price was unknown.</summary>
    public decimal? Cost { get; init; }

    public double Milliseconds { get; init; }

    /// <summary>The model that the provider says has answered.</summary>
    public string? AnsweredBy { get; init; }

    public string? FinishReason { get; init; }
}
