using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Tells the kind of a part of a message.</summary>
internal static class ContentModality
{
    /// <summary>The kind of content that a part is.</summary>
    public static Modalities Of(AIContent content) => content switch
    {
        DataContent data => OfMediaType(data.MediaType),
        UriContent uri => OfMediaType(uri.MediaType),
        HostedFileContent file => file.MediaType is { } type ? OfMediaType(type) : Modalities.File,
        HostedVectorStoreContent => Modalities.File,
        _ => Modalities.Text,
    };

    private static Modalities OfMediaType(string type) =>
        type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) ? Modalities.Image
        : type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) ? Modalities.Audio
        : type.StartsWith("video/", StringComparison.OrdinalIgnoreCase) ? Modalities.Video
        : type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? Modalities.Text
        : Modalities.File;
}
