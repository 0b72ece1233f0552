namespace AutoMix.Tool.Providers;

/// <summary>What one call sends beside its request, and what came back.</summary>
internal sealed class Exchange(IEnumerable<KeyValuePair<string, string>>? headers, bool readsBody)
{
    public IEnumerable<KeyValuePair<string, string>>? Headers => headers;

    public bool ReadsBody => readsBody;

    /// <summary>The body of the response, once it is there.</summary>
    public BinaryData? Body { get; set; }
}
