using AutoMix.Tool.Providers;

namespace AutoMix.Tool.Serve;

/// <summary>What a server is started with.</summary>
internal sealed record ServeSettings
{
    public required ToolConfiguration Configuration { get; init; }

    /// <summary>The plan; the configuration's own where null.</summary>
    public required string? Plan { get; init; }

    public required string Url { get; init; }

    /// <summary>The key that clients send; null for none, on loopback only.</summary>
    public required string? ApiKey { get; init; }
}
