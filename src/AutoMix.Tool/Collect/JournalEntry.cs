namespace AutoMix.Tool.Collect;

/// <summary>One line of the journal: a call that is about to be made, one that was refused, or one that was answered.</summary>
internal sealed record JournalEntry
{
    /// <summary>The key of a call that starts. Where nothing follows about it, nobody knows whether it was paid for.</summary>
    public string? Starting { get; init; }

    /// <summary>The most dollars that the starting call can cost.</summary>
    public decimal AtMost { get; init; }

    /// <summary>The key of a call that the provider refused: it was not paid for.</summary>
    public string? Refused { get; init; }

    public CallRecord? Answered { get; init; }
}
