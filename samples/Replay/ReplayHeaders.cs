namespace AutoMix.Replay;

/// <summary>The request headers that the replay understands. OpenAI's protocol has no place for either.</summary>
public static class ReplayHeaders
{
    /// <summary>The id of the record to answer from. Required: prompts repeat, ids do not.</summary>
    public const string Record = "X-Replay-Record";

    /// <summary>
    /// <c>answer</c> or <c>verification</c>. Optional: without it a request whose last user message is the recorded prompt asks for the
    /// answer, and one that quotes the recorded answer asks for its verification.
    /// </summary>
    public const string Purpose = "X-Replay-Purpose";

    /// <summary>
    /// A key of the client's choice. A request with a key that was answered before is that request again: it gets the same completion,
    /// which is counted and billed once.
    /// </summary>
    public const string IdempotencyKey = "Idempotency-Key";
}
