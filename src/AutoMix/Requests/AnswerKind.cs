using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>What kind of answer a model gave.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerKind>))]
public enum AnswerKind
{
    /// <summary>Text or other content for the user.</summary>
    Content = 0,

    /// <summary>A call of tools: never sent to a text verifier.</summary>
    ToolCall = 1,
}
