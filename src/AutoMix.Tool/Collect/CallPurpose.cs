namespace AutoMix.Tool.Collect;

/// <summary>What a call is for.</summary>
internal enum CallPurpose
{
    Answer,
    Verification,

    /// <summary>Grading by a judge: paid for, but no part of a trace's costs.</summary>
    Judgement,
}
