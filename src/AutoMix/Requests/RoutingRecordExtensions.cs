using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Reads the <see cref="RoutingRecord"/> that a response carries.</summary>
public static class RoutingRecordExtensions
{
    /// <summary>Gets the routing record of a response; null if no pipeline made it.</summary>
    /// <param name="response">A response, live or read back from a cache.</param>
    public static RoutingRecord? GetRoutingRecord(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (Read(response.AdditionalProperties) is { } record)
        {
            return record;
        }

        // If other code has put updates together, the properties of the response may be on its last message.
        for (int i = response.Messages.Count - 1; i >= 0; i--)
        {
            if (Read(response.Messages[i].AdditionalProperties) is { } ofMessage)
            {
                return ofMessage;
            }
        }

        return null;
    }

    /// <summary>Gets the routing record of an update; null on every update but the last.</summary>
    /// <param name="update">One update of a stream.</param>
    public static RoutingRecord? GetRoutingRecord(this ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return Read(update.AdditionalProperties);
    }

    /// <summary>
    /// Makes the entry of the additional properties: the record itself, or, if serialisation by reflection is off, a dictionary
    /// that holds it, because other serialiser options can write a dictionary.
    /// </summary>
    internal static object Wrap(RoutingRecord record) => JsonSerializer.IsReflectionEnabledByDefault ? record : new WritableRecord(record);

    internal static RoutingRecord? Read(AdditionalPropertiesDictionary? properties)
    {
        if (properties is null || !properties.TryGetValue(RequestTags.Record, out object? value))
        {
            return null;
        }

        return value switch
        {
            RoutingRecord record => record,
            JsonElement { ValueKind: JsonValueKind.Object } element => FromCache(element.Deserialize(RoutingRecordJson.Default.RoutingRecord)),
            WritableRecord writable => writable.Record,
            JsonNode node => FromCache(node.Deserialize(RoutingRecordJson.Default.RoutingRecord)),
            _ => null,
        };
    }

    private static RoutingRecord? FromCache(RoutingRecord? record) => record is null ? null : record with { IsFromCache = true };

    private sealed class WritableRecord : Dictionary<string, object?>
    {
        public WritableRecord(RoutingRecord record)
        {
            Record = record;
            foreach (JsonProperty property in JsonSerializer.SerializeToElement(record, RoutingRecordJson.Default.RoutingRecord).EnumerateObject())
            {
                Add(property.Name, property.Value);
            }
        }

        public RoutingRecord Record { get; }
    }
}
