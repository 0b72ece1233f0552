namespace AutoMix.Replay;

/// <summary>One model's recorded answer, with the record that it belongs to.</summary>
internal sealed record RecordedAnswer(TraceRecord Record, TraceAnswer Answer, TokenCounts Verification)
{
    /// <summary>The tokens of the answer itself.</summary>
    public TokenCounts Tokens => new(Answer.InputTokens, Answer.OutputTokens);

    /// <summary>Whether the answer carries its confidence itself, so that observing it costs nothing.</summary>
    public bool CarriesConfidence => Answer.VerifyCost == 0 && Answer.Confidence is not null;
}
