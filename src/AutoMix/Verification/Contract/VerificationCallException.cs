namespace AutoMix;

/// <summary>A verifier's model call failed, or a limit of the request forbids it.</summary>
public sealed class VerificationCallException : Exception
{
    /// <summary>With a message.</summary>
    public VerificationCallException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public VerificationCallException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>With the default message.</summary>
    public VerificationCallException()
    {
    }
}
