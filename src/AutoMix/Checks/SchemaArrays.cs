using System.Text.Json;

namespace AutoMix;

/// <summary>The keywords of a schema for the items of an array.</summary>
internal static class SchemaArrays
{
    public static SchemaResult Items(JsonElement value, JsonElement rule, JsonElement schema, SchemaDocument root, string path, int depth)
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
                result = result.And(JsonSchema.Validate(item, rule, root, $"{path}/{index}", depth));
            }

            index++;
        }

        return result;
    }

    public static SchemaResult PrefixItems(JsonElement value, JsonElement rules, SchemaDocument root, string path, int depth)
    {
        SchemaResult result = SchemaResult.Valid;
        if (value.ValueKind == JsonValueKind.Array)
        {
            for (int i = 0; i < Math.Min(value.GetArrayLength(), rules.GetArrayLength()); i++)
            {
                result = result.And(JsonSchema.Validate(value[i], rules[i], root, $"{path}/{i}", depth));
            }
        }

        return result;
    }

    public static SchemaResult Contains(JsonElement value, JsonElement rule, JsonElement schema, SchemaDocument root, string path, int depth)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return SchemaResult.Valid;
        }

        int valid = 0;
        int unknown = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            SchemaOutcome outcome = JsonSchema.Validate(item, rule, root, path, depth).Outcome;
            valid += outcome == SchemaOutcome.Valid ? 1 : 0;
            unknown += outcome == SchemaOutcome.Unknown ? 1 : 0;
        }

        int least = schema.TryGetProperty("minContains", out JsonElement min) ? min.GetInt32() : 1;
        int most = schema.TryGetProperty("maxContains", out JsonElement max) ? max.GetInt32() : int.MaxValue;
        return valid > most || valid + unknown < least ? SchemaResult.Invalid(path, "does not contain as many matching items as it should")
            : unknown > 0 && (valid < least || valid + unknown > most) ? SchemaResult.Unknown(path, "the matching items cannot be counted")
            : SchemaResult.Valid;
    }

    public static SchemaResult Unique(JsonElement value, JsonElement rule, SchemaDocument root, string path)
    {
        if (value.ValueKind == JsonValueKind.Array && rule.ValueKind == JsonValueKind.True)
        {
            for (int i = 1; i < value.GetArrayLength(); i++)
            {
                if (!root.TryStep(i))
                {
                    return SchemaResult.Unknown(path, "validation takes too many steps");
                }

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
}
