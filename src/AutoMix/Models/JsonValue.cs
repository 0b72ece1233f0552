using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Arguments and results of tools as JSON, which is what a model is sent of them.</summary>
internal static class JsonValue
{
    /// <summary>The value as JSON; null if it cannot be written.</summary>
    public static JsonElement? Of(object value)
    {
        try
        {
            return value as JsonElement? ?? JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
        }
        catch (Exception)
        {
            // An application's own object may throw anything when it is read.
            return null;
        }
    }
}
