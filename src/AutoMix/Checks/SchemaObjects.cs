using System.Text.Json;

namespace AutoMix;

/// <summary>The keywords of a schema for the properties of an object.</summary>
internal static class SchemaObjects
{
    public static SchemaResult Required(JsonElement value, JsonElement names, string path)
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

    public static SchemaResult DependentRequired(JsonElement value, JsonElement rules, string path)
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

    public static SchemaResult Properties(JsonElement value, JsonElement rules, SchemaDocument root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty rule in rules.EnumerateObject())
            {
                if (value.TryGetProperty(rule.Name, out JsonElement member))
                {
                    result = result.And(JsonSchema.Validate(member, rule.Value, root, $"{path}/{rule.Name}", depth));
                }
            }
        }

        return result;
    }

    public static SchemaResult PatternProperties(JsonElement value, JsonElement rules, SchemaDocument root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty rule in rules.EnumerateObject())
            {
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    bool? matches = SchemaValues.Matches(member.Name, rule.Name);
                    result = result.And(matches switch
                    {
                        true => JsonSchema.Validate(member.Value, rule.Value, root, $"{path}/{member.Name}", depth),
                        false => SchemaResult.Valid,
                        null => SchemaResult.Unknown(path, $"the pattern '{rule.Name}' cannot be evaluated"),
                    });
                }
            }
        }

        return result;
    }

    public static SchemaResult AdditionalProperties(JsonElement value, JsonElement rule, JsonElement schema, SchemaDocument root, string path, int depth)
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
                && patterns.EnumerateObject().Any(pattern => SchemaValues.Matches(member.Name, pattern.Name) is not false))
            {
                continue;
            }

            // The property's name is text of the answer, and records do not hold that.
            result = result.And(JsonSchema.Validate(member.Value, rule, root, $"{path}/*", depth));
        }

        return result;
    }

    public static SchemaResult PropertyNames(JsonElement value, JsonElement rule, SchemaDocument root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in value.EnumerateObject())
            {
                using JsonDocument name = JsonDocument.Parse($"\"{JsonEncodedText.Encode(member.Name)}\"");
                result = result.And(JsonSchema.Validate(name.RootElement, rule, root, $"{path}/*", depth));
            }
        }

        return result;
    }
}
