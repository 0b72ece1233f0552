using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The action when the policy abstains.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AbstainAction>))]
public enum AbstainAction
{
    /// <summary>The best answer so far is returned, marked as abstained.</summary>
    ReturnBest = 0,

    /// <summary>A <see cref="NoUsableAnswerException"/> is thrown that carries the best answer so far.</summary>
    Throw = 1,
}
