using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AutoMix;

/// <summary>The keywords of a schema for a single value: its type, format, size, pattern and range.</summary>
internal static partial class SchemaValues
{
    private static readonly ConcurrentDictionary<string, Regex?> Patterns = new(StringComparer.Ordinal);

    public static SchemaResult Type(JsonElement value, JsonElement rule, JsonElement schema, string path)
    {
        bool nullable = schema.TryGetProperty("nullable", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        if (nullable && value.ValueKind == JsonValueKind.Null)
        {
            return SchemaResult.Valid;
        }

        bool fits = false;
        foreach (JsonElement type in rule.ValueKind == JsonValueKind.Array ? [.. rule.EnumerateArray()] : (JsonElement[])[rule])
        {
            if (IsOfType(value, type.GetString()) is not { } one)
            {
                return SchemaResult.Unknown(path, $"the type '{type}' is not known");
            }

            fits |= one;
        }

        return fits ? SchemaResult.Valid : SchemaResult.Invalid(path, $"is not of type {rule}");
    }

    private static bool? IsOfType(JsonElement value, string? type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetDecimal(out decimal d) ? d == decimal.Truncate(d) : Math.Floor(value.GetDouble()) == value.GetDouble()),
        _ => null,
    };

    // A value is valid if .NET reads it. A date-time without an offset therefore passes.
    public static SchemaResult Format(JsonElement value, string? format, string path)
    {
        if (format is "int32" or "int64" or "float" or "double" or "decimal")
        {
            return SchemaResult.Valid;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return SchemaResult.Valid;
        }

        string text = value.GetString()!;
        bool? fits = format switch
        {
            "date-time" => value.TryGetDateTimeOffset(out _),
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "time" => DateTimeOffset.TryParse($"2000-01-01T{text}", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "duration" => Duration().IsMatch(text) || TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out _),
            "uuid" => Guid.TryParseExact(text, "D", out _),
            "email" => MailAddress.TryCreate(text, out MailAddress? address) && address.Address == text,
            "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
            "ipv4" => IPAddress.TryParse(text, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetwork && text.Count(c => c == '.') == 3,
            "ipv6" => IPAddress.TryParse(text, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetworkV6,
            _ => null,
        };
        return fits switch
        {
            true => SchemaResult.Valid,
            false => SchemaResult.Invalid(path, $"is not of the format '{format}'"),
            null => SchemaResult.Unknown(path, $"the format '{format}' is not known"),
        };
    }

    [GeneratedRegex(@"^-?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    public static SchemaResult Count(JsonProperty keyword, int count, string path)
    {
        // A bound may be written 3.0.
        double bound = keyword.Value.GetDouble();
        bool fits = keyword.Name.StartsWith("min", StringComparison.Ordinal) ? count >= bound : count <= bound;
        return fits ? SchemaResult.Valid : SchemaResult.Invalid(path, $"has {count}, against {keyword.Name} {keyword.Value}");
    }

    public static SchemaResult Pattern(JsonElement value, string pattern, string path) =>
        value.ValueKind != JsonValueKind.String ? SchemaResult.Valid
        : Matches(value.GetString()!, pattern) switch
        {
            true => SchemaResult.Valid,
            false => SchemaResult.Invalid(path, $"does not match the pattern '{pattern}'"),
            null => SchemaResult.Unknown(path, $"the pattern '{pattern}' cannot be evaluated"),
        };

    public static SchemaResult Number(JsonProperty keyword, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return SchemaResult.Valid;
        }

        bool exact = value.TryGetDecimal(out decimal number) & keyword.Value.TryGetDecimal(out decimal bound);
        int order = exact ? number.CompareTo(bound) : value.GetDouble().CompareTo(keyword.Value.GetDouble());
        bool fits = keyword.Name switch
        {
            "minimum" => order >= 0,
            "maximum" => order <= 0,
            "exclusiveMinimum" => order > 0,
            "exclusiveMaximum" => order < 0,
            _ => bound == 0 || (exact ? number % bound == 0 : Math.IEEERemainder(value.GetDouble(), keyword.Value.GetDouble()) == 0),
        };
        return fits ? SchemaResult.Valid : SchemaResult.Invalid(path, $"does not keep {keyword.Name} {keyword.Value}");
    }

    /// <summary>Whether a text matches a pattern; null if the pattern is not valid or takes too long.</summary>
    /// <remarks>The text comes from a model, so a pattern is matched without backtracking if it allows that, and under a time limit otherwise.</remarks>
    public static bool? Matches(string text, string pattern)
    {
        if (!Patterns.TryGetValue(pattern, out Regex? regex))
        {
            regex = Compile(pattern);
            if (Patterns.Count < 1_000)
            {
                Patterns.TryAdd(pattern, regex);
            }
        }

        try
        {
            return regex?.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static Regex? Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
