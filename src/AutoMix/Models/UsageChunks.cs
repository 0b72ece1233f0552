using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>How a model's stream reports usage when it does so more than once.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UsageChunks>))]
public enum UsageChunks
{
    /// <summary>Told apart by the numbers: counts that never fall and repeat a field are running totals.</summary>
    Detect = 0,

    /// <summary>Each report replaces the one before.</summary>
    Cumulative = 1,

    /// <summary>The reports add up.</summary>
    Additive = 2,
}
