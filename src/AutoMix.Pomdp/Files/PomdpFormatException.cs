namespace AutoMix.Pomdps;

/// <summary>A file that cannot be read: what is wrong, and the line and column where it was noticed.</summary>
public sealed class PomdpFormatException : PomdpException
{
    /// <summary>Creates the exception for a place in a file.</summary>
    /// <param name="problem">What is wrong there.</param>
    /// <param name="source">Name of the file; null where it has none.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column, from 1.</param>
    public PomdpFormatException(string problem, string? source, int line, int column)
        : base($"{(source is null ? string.Empty : source + ": ")}line {line}, column {column}: {problem}")
    {
        FileName = source;
        Line = line;
        Column = column;
    }

    /// <summary>Creates the exception with a message only.</summary>
    public PomdpFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public PomdpFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an empty exception.</summary>
    public PomdpFormatException()
    {
    }

    /// <summary>Name of the file, where known.</summary>
    public string? FileName { get; }

    /// <summary>Line, from 1; 0 when unknown.</summary>
    public int Line { get; }

    /// <summary>Column, from 1; 0 when unknown.</summary>
    public int Column { get; }
}
