using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The pipeline's reaction to a failed call.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailureReaction>))]
public enum FailureReaction
{
    /// <summary>The model is out for this request; the policy decides among the others.</summary>
    FailOver = 0,

    /// <summary>The model stays available to the policy, which may call it again.</summary>
    Retry = 1,

    /// <summary>The request ends: with the best answer so far, or with an exception.</summary>
    Stop = 2,
}
