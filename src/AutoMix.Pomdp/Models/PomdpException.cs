namespace AutoMix.Pomdps;

/// <summary>A model, or a question put to a model, that makes no sense: probabilities that do not sum to 1, an unknown name, a size above the limit.</summary>
public class PomdpException : Exception
{
    /// <summary>Creates the exception with a message that says what is wrong and where.</summary>
    public PomdpException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public PomdpException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an empty exception.</summary>
    public PomdpException()
    {
    }
}
