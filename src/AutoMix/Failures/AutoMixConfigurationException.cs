namespace AutoMix;

/// <summary>A setting of the pipeline is missing or contradicts another. The message names it and says what to do.</summary>
public sealed class AutoMixConfigurationException : Exception
{
    /// <summary>With a message.</summary>
    public AutoMixConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public AutoMixConfigurationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>With the default message.</summary>
    public AutoMixConfigurationException()
    {
    }
}
