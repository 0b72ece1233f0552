using System.Globalization;
using System.Text.Json;

namespace AutoMix;

/// <summary>
/// The part of JSON Schema (2020-12) that language models are asked to follow. Known: type, enum, const, required, properties,
/// patternProperties, additionalProperties, propertyNames, minProperties, maxProperties, items, prefixItems, contains,
/// minContains, maxContains, minItems, maxItems, uniqueItems, minLength, maxLength, pattern, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf,
/// allOf, anyOf, oneOf, not, if/then/else, dependentRequired, $ref within the document, and the usual formats (date-time, date, time,
/// duration, uuid, email, uri, ipv4, ipv6; those of numbers constrain nothing). Annotations constrain nothing. Any other keyword, type or
/// format makes the outcome unknown, never valid, and so does a schema that takes more than a million steps.
/// </summary>
internal static class JsonSchema
{
    private const int MaxDepth = 64;

    public static SchemaResult Validate(JsonElement value, JsonElement schema)
    {
        try
        {
            return Validate(value, schema, new(schema), "", 0);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            return SchemaResult.Unknown("", $"it is malformed ({e.Message})");
        }
    }

    internal static SchemaResult Validate(JsonElement value, JsonElement schema, SchemaDocument root, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            return SchemaResult.Unknown(path, "the schema refers to itself too deeply");
        }

        if (!root.TryStep(1))
        {
            return SchemaResult.Unknown(path, "validation takes too many steps");
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

    private static SchemaResult Apply(JsonProperty keyword, JsonElement value, JsonElement schema, SchemaDocument root, string path, int depth)
    {
        JsonElement rule = keyword.Value;
        switch (keyword.Name)
        {
            case "title" or "description" or "default" or "examples" or "$schema" or "$id" or "$comment" or "$defs" or "definitions"
                or "deprecated" or "readOnly" or "writeOnly" or "contentMediaType" or "contentEncoding" or "$anchor" or "strict":
            case "then" or "else" or "minContains" or "maxContains":
                return SchemaResult.Valid;
            case "nullable":
                return SchemaResult.Valid;
            case "type":
                return SchemaValues.Type(value, rule, schema, path);
            case "format":
                return SchemaValues.Format(value, rule.GetString(), path);
            case "enum":
                return rule.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value))
                    ? SchemaResult.Valid
                    : SchemaResult.Invalid(path, "is none of the values of its enum");
            case "const":
                return JsonElement.DeepEquals(rule, value) ? SchemaResult.Valid : SchemaResult.Invalid(path, "is not the constant");
            case "$ref":
                return Resolve(rule.GetString() ?? "", root.Root) is { } target
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
                return SchemaObjects.Required(value, rule, path);
            case "dependentRequired":
                return SchemaObjects.DependentRequired(value, rule, path);
            case "properties":
                return SchemaObjects.Properties(value, rule, root, path, depth);
            case "patternProperties":
                return SchemaObjects.PatternProperties(value, rule, root, path, depth);
            case "additionalProperties":
                return SchemaObjects.AdditionalProperties(value, rule, schema, root, path, depth);
            case "propertyNames":
                return SchemaObjects.PropertyNames(value, rule, root, path, depth);
            case "items":
                return SchemaArrays.Items(value, rule, schema, root, path, depth);
            case "prefixItems":
                return SchemaArrays.PrefixItems(value, rule, root, path, depth);
            case "contains":
                return SchemaArrays.Contains(value, rule, schema, root, path, depth);
            case "minProperties" or "maxProperties":
                return value.ValueKind == JsonValueKind.Object ? SchemaValues.Count(keyword, value.EnumerateObject().Count(), path) : SchemaResult.Valid;
            case "minItems" or "maxItems":
                return value.ValueKind == JsonValueKind.Array ? SchemaValues.Count(keyword, value.GetArrayLength(), path) : SchemaResult.Valid;
            case "minLength" or "maxLength":
                return value.ValueKind == JsonValueKind.String ? SchemaValues.Count(keyword, value.GetString()!.EnumerateRunes().Count(), path) : SchemaResult.Valid;
            case "uniqueItems":
                return SchemaArrays.Unique(value, rule, root, path);
            case "pattern":
                return SchemaValues.Pattern(value, rule.GetString() ?? "", path);
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf":
                return SchemaValues.Number(keyword, value, path);
            default:
                return SchemaResult.Unknown(path, $"the keyword '{keyword.Name}' is not known");
        }
    }

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

    private static SchemaResult AllOf(JsonElement value, JsonElement rules, SchemaDocument root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        foreach (JsonElement rule in rules.EnumerateArray())
        {
            result = result.And(Validate(value, rule, root, path, depth));
        }

        return result;
    }

    private static SchemaResult AnyOf(JsonElement value, JsonElement rules, SchemaDocument root, string path, int depth)
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

    private static SchemaResult OneOf(JsonElement value, JsonElement rules, SchemaDocument root, string path, int depth)
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

    private static SchemaResult Conditional(JsonElement value, JsonElement condition, JsonElement schema, SchemaDocument root, string path, int depth)
    {
        SchemaResult holds = Validate(value, condition, root, path, depth);
        return holds.Outcome == SchemaOutcome.Unknown ? holds
            : schema.TryGetProperty(holds.Outcome == SchemaOutcome.Valid ? "then" : "else", out JsonElement branch) ? Validate(value, branch, root, path, depth)
            : SchemaResult.Valid;
    }
}
