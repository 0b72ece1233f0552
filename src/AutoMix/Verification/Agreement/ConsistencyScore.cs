using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>How further answers become a confidence.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConsistencyScore>))]
public enum ConsistencyScore
{
    /// <summary>The share of further answers that mean the same as the answer (Wang et al., 2023).</summary>
    Share = 0,

    /// <summary>
    /// One minus the entropy of the clusters of meaning that all answers fall into, relative to its most (Kuhn, Gal and Farquhar,
    /// 2023; Farquhar et al., 2024). It says how sure the model is of its meaning, not whether this answer is the one it is sure of.
    /// </summary>
    SemanticEntropy = 1,
}
