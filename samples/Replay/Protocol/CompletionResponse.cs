using System.Text.Json.Serialization;

namespace AutoMix.Replay;

/// <summary>OpenAI's <c>chat.completion</c> and, with <see cref="Choice.Delta"/> for the message, <c>chat.completion.chunk</c>.</summary>
internal sealed record CompletionResponse
{
    public required string Id { get; init; }

    public required string Object { get; init; }

    public required long Created { get; init; }

    public required string Model { get; init; }

    public required IReadOnlyList<Choice> Choices { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Usage? Usage { get; init; }
}

internal sealed record Choice
{
    public int Index { get; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResponseMessage? Message { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResponseMessage? Delta { get; init; }

    public TokenLogprobs? Logprobs { get; init; }

    public string? FinishReason { get; init; }
}

internal sealed record ResponseMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }
}

internal sealed record TokenLogprobs(IReadOnlyList<TokenLogprob> Content);

internal sealed record TokenLogprob(string Token, double Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<TopLogprob> TopLogprobs);

internal sealed record TopLogprob(string Token, double Logprob, IReadOnlyList<int> Bytes);

internal sealed record Usage(long PromptTokens, long CompletionTokens)
{
    public long TotalTokens => PromptTokens + CompletionTokens;
}

internal sealed record ModelList(IReadOnlyList<ModelEntry> Data)
{
    public string Object { get; } = "list";
}

internal sealed record ModelEntry(string Id)
{
    public string Object { get; } = "model";

    public long Created { get; }

    public string OwnedBy { get; } = "replay";
}

internal sealed record ErrorResponse(ErrorDetail Error);

internal sealed record ErrorDetail(string Message, string Type, string? Param, string? Code);
