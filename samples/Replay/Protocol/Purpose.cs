namespace AutoMix.Replay;

/// <summary>What a request wants of a record.</summary>
internal enum Purpose
{
    Answer,
    Verification,
}
