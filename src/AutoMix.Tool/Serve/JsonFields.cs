using System.Text.Json;

namespace AutoMix.Tool.Serve;

/// <summary>Typed access to the fields of a request; what is of the wrong kind is an error that names the field.</summary>
internal readonly struct JsonFields(JsonElement root)
{
    public string? Text(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a text")
        : null;

    public bool? Flag(string name) => Find(name) is { } value
        ? value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false")
        : null;

    public long? Whole(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw Wrong(name, "a whole number")
        : null;

    public float? Number(string name, float least, float most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && number >= least && number <= most
            ? number
            : throw Wrong(name, FormattableString.Invariant($"a number from {least} to {most}"));
    }

    public JsonElement? Object(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.Object ? value : throw Wrong(name, "an object")
        : null;

    /// <summary>One text, or an array of texts.</summary>
    public IList<string>? Texts(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } several when several.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String) => [.. several.EnumerateArray().Select(text => text.GetString()!)],
        _ => throw Wrong(name, "a text or an array of texts"),
    };

    private JsonElement? Find(string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static ServeException Wrong(string name, string expected) => ServeException.BadRequest(name, $"'{name}' is {expected}.", "invalid_type");
}
