using System.Text.Json;

namespace AutoMix;

/// <summary>
/// A schema while a value is held against it. Alternatives that refer to themselves, or large arrays of unique items, would take
/// time without bound: the steps are counted.
/// </summary>
internal sealed class SchemaDocument(JsonElement root)
{
    private int _steps = 1_000_000;

    /// <summary>The root of the schema, from which references are resolved.</summary>
    public JsonElement Root => root;

    /// <summary>Takes a number of steps. Returns false if fewer are left.</summary>
    public bool TryStep(int steps)
    {
        _steps = Math.Max(_steps - steps, 0);
        return _steps > 0;
    }
}
