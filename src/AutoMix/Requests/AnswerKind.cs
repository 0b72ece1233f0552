using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The kind of a model's answer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerKind>))]
public enum AnswerKind
{
    /// <summary>Text or other content for the user.</summary>
    Content = 0,

    /// <summary>A call of tools, which text verifiers do not judge.</summary>
    ToolCall = 1,
}
