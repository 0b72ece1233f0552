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
        First = PolicyFile.ToElement(mixture.First),
        Second = PolicyFile.ToElement(mixture.Second),
        Share = mixture.Share,
        Seed = mixture.Seed,
    };

    public override ICascadePolicy ToPolicy() => new MixturePolicy(PolicyFile.FromElement(First), PolicyFile.FromElement(Second), Share, Seed);
}
