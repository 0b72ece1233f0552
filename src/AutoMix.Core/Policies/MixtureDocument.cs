using System.Text.Json;

namespace AutoMix.Policies;

/// <summary>A mixture as it stands in a file: its two policies whole, and the coin.</summary>
internal sealed record MixtureDocument : PolicyDocument
{
    public required JsonElement First { get; init; }

    public required JsonElement Second { get; init; }

    public required double Share { get; init; }

    public required ulong Seed { get; init; }

    public static MixtureDocument From(MixturePolicy mixture) => new()
    {
        Name = mixture.Name,
        Models = [.. mixture.Models],
        First = Write(mixture.First),
        Second = Write(mixture.Second),
        Share = mixture.Share,
        Seed = mixture.Seed,
    };

    public override ICascadePolicy ToPolicy() => new MixturePolicy(Read(First), Read(Second), Share, Seed);

    private static JsonElement Write(ICascadePolicy policy)
    {
        using var stream = new MemoryStream();
        PolicyFile.Save(policy, stream);
        using JsonDocument json = JsonDocument.Parse(stream.GetBuffer().AsMemory(0, (int)stream.Length));
        return json.RootElement.Clone();
    }

    private static ICascadePolicy Read(JsonElement json)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            json.WriteTo(writer);
        }

        stream.Position = 0;
        return PolicyFile.Load(stream);
    }
}
