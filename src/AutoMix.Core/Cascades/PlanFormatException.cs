namespace AutoMix;

/// <summary>A plan file that cannot be used as it is: the message names the file, what is wrong and the remedy.</summary>
public sealed class PlanFormatException : FormatException
{
    /// <summary>A message about a plan file.</summary>
    /// <param name="source">Name of the file.</param>
    /// <param name="problem">What is wrong and what to do.</param>
    /// <param name="innerException">What the parser said.</param>
    public PlanFormatException(string source, string problem, Exception? innerException = null)
        : base($"{source}: {problem}", innerException) => FileName = source;

    /// <summary>Name of the file.</summary>
    public string FileName { get; }
}
