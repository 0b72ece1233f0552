using System.Text.Json;

namespace AutoMix;

/// <summary>Steps that saving and loading have in common for plans and other policies.</summary>
internal static class PlanFile
{
    /// <summary>Writes a file, replacing it at once or not at all.</summary>
    public static void Save(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (FileStream stream = File.Create(draft))
            {
                write(stream);
            }

            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    public static FileStream Open(string path, string messageIfMissing)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path) ? File.OpenRead(path) : throw new FileNotFoundException(messageIfMissing, path);
    }

    public static JsonDocument Parse(Stream stream, string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException e)
        {
            throw NotUsable(kind, name, e);
        }
    }

    public static void CheckVersion(JsonElement json, int expected, string kind, string name)
    {
        int number = 0;
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("schemaVersion", out JsonElement version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out number))
        {
            throw new PlanFormatException(name, $"the file has no 'schemaVersion', so it is not a {kind}. Give a file that 'automix train' or the Save method of a plan or policy wrote.");
        }

        if (number != expected)
        {
            throw new PlanFormatException(name, $"the {kind} has schema version {number}, this library reads version {expected}. Update the library, or train the {kind} again with 'automix train'.");
        }
    }

    public static PlanFormatException NotUsable(string kind, string name, Exception cause) =>
        new(name, $"not a usable {kind} ({cause.Message}) Train a {kind} again with 'automix train'.", cause);
}
