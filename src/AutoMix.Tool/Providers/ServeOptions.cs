namespace AutoMix.Tool.Providers;

/// <summary>What the section Serve of the configuration file says.</summary>
internal sealed class ServeOptions
{
    /// <summary>The largest request, in bytes.</summary>
    public long MaxRequestBytes { get; set; } = 4 << 20;

    /// <summary>Headers of a request that are passed on to the providers, such as one that identifies the end user.</summary>
    public IList<string> ForwardHeaders { get; } = [];

    /// <summary>Host names that requests may ask for, besides loopback ones; <c>*</c> for any. A browser that was lured to this address asks for another.</summary>
    public IList<string> AllowedHosts { get; } = [];
}
