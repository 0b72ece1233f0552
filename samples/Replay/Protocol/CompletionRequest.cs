using System.Text.Json;

namespace AutoMix.Replay;

/// <summary>The part of OpenAI's request that the replay acts on. Sampling settings are accepted and change nothing.</summary>
internal sealed record CompletionRequest
{
    public string? Model { get; init; }

    public IReadOnlyList<RequestMessage>? Messages { get; init; }

    public bool? Stream { get; init; }

    public StreamOptions? StreamOptions { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    public long? Seed { get; init; }

    public int? N { get; init; }
}

internal sealed record StreamOptions
{
    public bool? IncludeUsage { get; init; }
}

internal sealed record RequestMessage
{
    public string? Role { get; init; }

    /// <summary>A text, or an array of parts.</summary>
    public JsonElement Content { get; init; }

    /// <summary>The text of the message; parts are joined, and parts that are no text are left out.</summary>
    public string Text => Content.ValueKind switch
    {
        JsonValueKind.String => Content.GetString()!,
        JsonValueKind.Array => string.Concat(Content.EnumerateArray().Select(PartText)),
        _ => "",
    };

    private static string? PartText(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
