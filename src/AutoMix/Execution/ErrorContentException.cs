namespace AutoMix;

/// <summary>A provider reported an error inside a stream instead of failing it.</summary>
internal sealed class ErrorContentException(FailureKind kind, string message) : Exception(message)
{
    public FailureKind Kind => kind;
}
