using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AutoMix;

/// <summary>
/// The part of JSON Schema (2020-12) that language models are asked to follow. Known: type, enum, const, required, properties,
/// patternProperties, additionalProperties, propertyNames, minProperties, maxProperties, items, prefixItems, contains,
/// minContains, maxContains, minItems, maxItems, uniqueItems, minLength, maxLength, pattern, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf,
/// allOf, anyOf, oneOf, not, if/then/else, dependentRequired, and $ref within the document. Annotations, format among
/// them, constrain nothing. Any other keyword makes the outcome unknown, never valid.
/// </summary>
internal static class JsonSchema
{
    private const int MaxDepth = 64;

    public static SchemaResult Validate(JsonElement value, JsonElement schema)
    {
        try
        {
            return Validate(value, schema, schema, "", 0);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            return SchemaResult.Unknown("", $"it is malformed ({e.Message})");
        }
    }

    private static SchemaResult Validate(JsonElement value, JsonElement schema, JsonElement root, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            return SchemaResult.Unknown(path, "the schema refers to itself too deeply");
        }

        if (schema.ValueKind == JsonValueKind.True)
        {
            return SchemaResult.Valid;
        }

        if (schema.ValueKind == JsonValueKind.False)
        {
            return SchemaResult.Invalid(path, "is not allowed");
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return SchemaResult.Unknown(path, "a schema is an object or a boolean");
        }

        SchemaResult result = SchemaResult.Valid;
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            result = result.And(Apply(keyword, value, schema, root, path, depth + 1));
            if (result.Outcome == SchemaOutcome.Invalid)
            {
                return result;
            }
        }

        return result;
    }

    private static SchemaResult Apply(JsonProperty keyword, JsonElement value, JsonElement schema, JsonElement root, string path, int depth)
    {
        JsonElement rule = keyword.Value;
        switch (keyword.Name)
        {
            case "title" or "description" or "default" or "examples" or "format" or "$schema" or "$id" or "$comment" or "$defs" or "definitions"
                or "deprecated" or "readOnly" or "writeOnly" or "contentMediaType" or "contentEncoding" or "$anchor" or "strict":
            case "then" or "else" or "minContains" or "maxContains":
                return SchemaResult.Valid;
            case "nullable":
                return SchemaResult.Valid;
            case "type":
                return Type(value, rule, schema, path);
            case "enum":
                return rule.ValueKind == JsonValueKind.Array && !rule.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value))
                    ? SchemaResult.Invalid(path, "is none of the values of its enum")
                    : SchemaResult.Valid;
            case "const":
                return JsonElement.DeepEquals(rule, value) ? SchemaResult.Valid : SchemaResult.Invalid(path, "is not the constant");
            case "$ref":
                return Resolve(rule.GetString() ?? "", root) is { } target
                    ? Validate(value, target, root, path, depth)
                    : SchemaResult.Unknown(path, $"the reference {rule} leads nowhere in the schema");
            case "allOf":
                return AllOf(value, rule, root, path, depth);
            case "anyOf":
                return AnyOf(value, rule, root, path, depth);
            case "oneOf":
                return OneOf(value, rule, root, path, depth);
            case "not":
                return Not(Validate(value, rule, root, path, depth), path);
            case "if":
                return Conditional(value, rule, schema, root, path, depth);
            case "required":
                return Required(value, rule, path);
            case "dependentRequired":
                return DependentRequired(value, rule, path);
            case "properties":
                return Properties(value, rule, root, path, depth);
            case "patternProperties":
                return PatternProperties(value, rule, root, path, depth);
            case "additionalProperties":
                return AdditionalProperties(value, rule, schema, root, path, depth);
            case "propertyNames":
                return PropertyNames(value, rule, root, path, depth);
            case "items":
                return Items(value, rule, schema, root, path, depth);
            case "prefixItems":
                return PrefixItems(value, rule, root, path, depth);
            case "contains":
                return Contains(value, rule, schema, root, path, depth);
            case "minProperties" or "maxProperties":
                return value.ValueKind == JsonValueKind.Object ? Count(keyword, value.EnumerateObject().Count(), path) : SchemaResult.Valid;
            case "minItems" or "maxItems":
                return value.ValueKind == JsonValueKind.Array ? Count(keyword, value.GetArrayLength(), path) : SchemaResult.Valid;
            case "minLength" or "maxLength":
                return value.ValueKind == JsonValueKind.String ? Count(keyword, new StringInfo(value.GetString()!).LengthInCodePoints(), path) : SchemaResult.Valid;
            case "uniqueItems":
                return Unique(value, rule, path);
            case "pattern":
                return Pattern(value, rule.GetString() ?? "", path);
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf":
                return Number(keyword, value, path);
            default:
                return SchemaResult.Unknown(path, $"the keyword '{keyword.Name}' is not known");
        }
    }

    private static SchemaResult Type(JsonElement value, JsonElement rule, JsonElement schema, string path)
    {
        bool nullable = schema.TryGetProperty("nullable", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        if (nullable && value.ValueKind == JsonValueKind.Null)
        {
            return SchemaResult.Valid;
        }

        bool fits = rule.ValueKind == JsonValueKind.Array
            ? rule.EnumerateArray().Any(type => IsOfType(value, type.GetString()))
            : IsOfType(value, rule.GetString());
        return fits ? SchemaResult.Valid : SchemaResult.Invalid(path, $"is not of type {rule}");
    }

    private static bool IsOfType(JsonElement value, string? type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetDecimal(out decimal d) ? d == decimal.Truncate(d) : Math.Floor(value.GetDouble()) == value.GetDouble()),
        _ => false,
    };

    private static JsonElement? Resolve(string reference, JsonElement root)
    {
        if (reference == "#")
        {
            return root;
        }

        if (!reference.StartsWith("#/", StringComparison.Ordinal))
        {
            return null;
        }

        JsonElement at = root;
        foreach (string part in reference[2..].Split('/'))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out JsonElement member))
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    private static SchemaResult AllOf(JsonElement value, JsonElement rules, JsonElement root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        foreach (JsonElement rule in rules.EnumerateArray())
        {
            result = result.And(Validate(value, rule, root, path, depth));
        }

        return result;
    }

    private static SchemaResult AnyOf(JsonElement value, JsonElement rules, JsonElement root, string path, int depth)
    {
        SchemaResult unknown = SchemaResult.Invalid(path, "follows none of the alternatives");
        foreach (JsonElement rule in rules.EnumerateArray())
        {
            SchemaResult one = Validate(value, rule, root, path, depth);
            if (one.Outcome == SchemaOutcome.Valid)
            {
                return one;
            }

            unknown = one.Outcome == SchemaOutcome.Unknown ? one : unknown;
        }

        return unknown;
    }

    private static SchemaResult OneOf(JsonElement value, JsonElement rules, JsonElement root, string path, int depth)
    {
        int valid = 0;
        SchemaResult? unknown = null;
        foreach (JsonElement rule in rules.EnumerateArray())
        {
            SchemaResult one = Validate(value, rule, root, path, depth);
            valid += one.Outcome == SchemaOutcome.Valid ? 1 : 0;
            unknown = one.Outcome == SchemaOutcome.Unknown ? one : unknown;
        }

        return valid > 1 ? SchemaResult.Invalid(path, "follows more than one of the alternatives")
            : unknown ?? (valid == 1 ? SchemaResult.Valid : SchemaResult.Invalid(path, "follows none of the alternatives"));
    }

    private static SchemaResult Not(SchemaResult inner, string path) => inner.Outcome switch
    {
        SchemaOutcome.Valid => SchemaResult.Invalid(path, "follows a schema that is excluded"),
        SchemaOutcome.Invalid => SchemaResult.Valid,
        _ => inner,
    };

    private static SchemaResult Conditional(JsonElement value, JsonElement condition, JsonElement schema, JsonElement root, string path, int depth)
    {
        SchemaResult holds = Validate(value, condition, root, path, depth);
        return holds.Outcome == SchemaOutcome.Unknown ? holds
            : schema.TryGetProperty(holds.Outcome == SchemaOutcome.Valid ? "then" : "else", out JsonElement branch) ? Validate(value, branch, root, path, depth)
            : SchemaResult.Valid;
    }

    private static SchemaResult Required(JsonElement value, JsonElement names, string path)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonElement name in names.EnumerateArray())
            {
                if (!value.TryGetProperty(name.GetString()!, out _))
                {
                    return SchemaResult.Invalid(path, $"lacks the property '{name}'");
                }
            }
        }

        return SchemaResult.Valid;
    }

    private static SchemaResult DependentRequired(JsonElement value, JsonElement rules, string path)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty rule in rules.EnumerateObject())
            {
                if (value.TryGetProperty(rule.Name, out _))
                {
                    result = result.And(Required(value, rule.Value, path));
                }
            }
        }

        return result;
    }

    private static SchemaResult Properties(JsonElement value, JsonElement rules, JsonElement root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty rule in rules.EnumerateObject())
            {
                if (value.TryGetProperty(rule.Name, out JsonElement member))
                {
                    result = result.And(Validate(member, rule.Value, root, $"{path}/{rule.Name}", depth));
                }
            }
        }

        return result;
    }

    private static SchemaResult PatternProperties(JsonElement value, JsonElement rules, JsonElement root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty rule in rules.EnumerateObject())
            {
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    bool? matches = Matches(member.Name, rule.Name);
                    result = result.And(matches switch
                    {
                        true => Validate(member.Value, rule.Value, root, $"{path}/{member.Name}", depth),
                        false => SchemaResult.Valid,
                        null => SchemaResult.Unknown(path, $"the pattern '{rule.Name}' cannot be evaluated"),
                    });
                }
            }
        }

        return result;
    }

    private static SchemaResult AdditionalProperties(JsonElement value, JsonElement rule, JsonElement schema, JsonElement root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind != JsonValueKind.Object)
        {
            return result;
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(member.Name, out _))
            {
                continue;
            }

            if (schema.TryGetProperty("patternProperties", out JsonElement patterns)
                && patterns.EnumerateObject().Any(pattern => Matches(member.Name, pattern.Name) is not false))
            {
                continue;
            }

            result = result.And(Validate(member.Value, rule, root, $"{path}/{member.Name}", depth));
        }

        return result;
    }

    private static SchemaResult PropertyNames(JsonElement value, JsonElement rule, JsonElement root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                using JsonDocument name = JsonDocument.Parse($"\"{JsonEncodedText.Encode(member.Name)}\"");
                result = result.And(Validate(name.RootElement, rule, root, $"{path}/{member.Name}", depth));
            }
        }

        return result;
    }

    private static SchemaResult Items(JsonElement value, JsonElement rule, JsonElement schema, JsonElement root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind != JsonValueKind.Array)
        {
            return result;
        }

        // The form of draft 7, one schema a place, is prefixItems today.
        if (rule.ValueKind == JsonValueKind.Array)
        {
            return PrefixItems(value, rule, root, path, depth);
        }

        int skip = schema.TryGetProperty("prefixItems", out JsonElement prefix) ? prefix.GetArrayLength() : 0;
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (index >= skip)
            {
                result = result.And(Validate(item, rule, root, $"{path}/{index}", depth));
            }

            index++;
        }

        return result;
    }

    private static SchemaResult PrefixItems(JsonElement value, JsonElement rules, JsonElement root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Array)
        {
            for (int i = 0; i < Math.Min(value.GetArrayLength(), rules.GetArrayLength()); i++)
            {
                result = result.And(Validate(value[i], rules[i], root, $"{path}/{i}", depth));
            }
        }

        return result;
    }

    private static SchemaResult Contains(JsonElement value, JsonElement rule, JsonElement schema, JsonElement root, string path, int depth)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return SchemaResult.Valid;
        }

        int valid = 0;
        int unknown = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            SchemaOutcome outcome = Validate(item, rule, root, path, depth).Outcome;
            valid += outcome == SchemaOutcome.Valid ? 1 : 0;
            unknown += outcome == SchemaOutcome.Unknown ? 1 : 0;
        }

        int least = schema.TryGetProperty("minContains", out JsonElement min) ? min.GetInt32() : 1;
        int most = schema.TryGetProperty("maxContains", out JsonElement max) ? max.GetInt32() : int.MaxValue;
        return valid > most || valid + unknown < least ? SchemaResult.Invalid(path, "does not contain as many matching items as it should")
            : unknown > 0 && (valid < least || valid + unknown > most) ? SchemaResult.Unknown(path, "the matching items cannot be counted")
            : SchemaResult.Valid;
    }

    private static SchemaResult Count(JsonProperty keyword, int count, string path)
    {
        // A bound may be written 3.0.
        double bound = keyword.Value.GetDouble();
        bool fits = keyword.Name.StartsWith("min", StringComparison.Ordinal) ? count >= bound : count <= bound;
        return fits ? SchemaResult.Valid : SchemaResult.Invalid(path, $"has {count}, against {keyword.Name} {keyword.Value}");
    }

    private static SchemaResult Unique(JsonElement value, JsonElement rule, string path)
    {
        if (value.ValueKind == JsonValueKind.Array && rule.ValueKind == JsonValueKind.True)
        {
            for (int i = 1; i < value.GetArrayLength(); i++)
            {
                for (int j = 0; j < i; j++)
                {
                    if (JsonElement.DeepEquals(value[i], value[j]))
                    {
                        return SchemaResult.Invalid(path, $"has equal items at {j} and {i}");
                    }
                }
            }
        }

        return SchemaResult.Valid;
    }

    private static SchemaResult Pattern(JsonElement value, string pattern, string path) =>
        value.ValueKind != JsonValueKind.String ? SchemaResult.Valid
        : Matches(value.GetString()!, pattern) switch
        {
            true => SchemaResult.Valid,
            false => SchemaResult.Invalid(path, $"does not match the pattern '{pattern}'"),
            null => SchemaResult.Unknown(path, $"the pattern '{pattern}' cannot be evaluated"),
        };

    private static SchemaResult Number(JsonProperty keyword, JsonElement value, string path)
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
        return fits ? SchemaResult.Valid : SchemaResult.Invalid(path, $"is {value}, against {keyword.Name} {keyword.Value}");
    }

    // A pattern comes from the caller's schema, the text from a model: matched without backtracking where the pattern allows,
    // and under a time limit where it does not.
    private static readonly ConcurrentDictionary<string, Regex?> Patterns = new(StringComparer.Ordinal);

    private static bool? Matches(string text, string pattern)
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

    private static int LengthInCodePoints(this StringInfo text) => text.String.EnumerateRunes().Count();
}
