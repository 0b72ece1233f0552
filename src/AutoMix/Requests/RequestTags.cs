namespace AutoMix;

/// <summary>Keys in <c>ChatOptions.AdditionalProperties</c> and on messages that the pipeline reads and writes.</summary>
public static class RequestTags
{
    /// <summary>
    /// Written to the options of a call that verifies, with the value <see cref="Verification"/>, so that a transport can tell
    /// it from a call that answers, which has no such entry. The caller's own entries are passed on beside it.
    /// </summary>
    public const string Purpose = "automix.purpose";

    /// <summary>The value of <see cref="Purpose"/> for a call that verifies an answer.</summary>
    public const string Verification = "verification";

    /// <summary>
    /// Read from the caller's options: the id of the request, by which outcomes are reported and policies toss seeded coins. If it
    /// is missing, policies use the text of the last user message.
    /// </summary>
    public const string RequestId = "automix.request-id";

    /// <summary>Read from the caller's options: the key under which budgets over time count the request.</summary>
    public const string Tenant = "automix.tenant";

    /// <summary>The key of the routing record in the additional properties of a response or of the last update.</summary>
    public const string Record = "automix.routing";

    /// <summary>Written to an assistant message that calls tools or carries provider-bound reasoning: the model that wrote it.</summary>
    public const string Model = "automix.model";
}
