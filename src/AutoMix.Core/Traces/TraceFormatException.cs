namespace AutoMix;

/// <summary>A trace file that cannot be read as it is: the message names the file, the line, the field and the remedy.</summary>
public sealed class TraceFormatException : FormatException
{
    /// <summary>A message about a place in a file.</summary>
    /// <param name="source">Name of the file.</param>
    /// <param name="line">Line, from 1; 0 where the whole file is meant.</param>
    /// <param name="problem">What is wrong and what to do.</param>
    /// <param name="innerException">What the parser said.</param>
    public TraceFormatException(string source, long line, string problem, Exception? innerException = null)
        : base(line > 0 ? $"{source}, line {line}: {problem}" : $"{source}: {problem}", innerException)
    {
        FileName = source;
        Line = line;
    }

    /// <summary>Name of the file.</summary>
    public string FileName { get; }

    /// <summary>Line, from 1; 0 where the whole file is meant.</summary>
    public long Line { get; }
}
