using System.Text.Json.Serialization;

namespace AutoMix.Statistics;

/// <summary>Whether a verifier's confidences tell correct answers from wrong ones.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SignalWorth>))]
public enum SignalWorth
{
    /// <summary>Too few answers of a kind to tell.</summary>
    Undetermined = 0,

    /// <summary>It does: the interval of the AUROC lies above one half.</summary>
    Informative = 1,

    /// <summary>It has not been shown to: it always says the same, or the interval of the AUROC reaches down to one half.</summary>
    Uninformative = 2,
}
