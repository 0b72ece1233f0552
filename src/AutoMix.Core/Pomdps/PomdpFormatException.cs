namespace AutoMix.Pomdps;

/// <summary>A file that cannot be read: what is wrong, and the line and column where it was noticed.</summary>
public sealed class PomdpFormatException : PomdpException
{
    /// <summary>Creates the exception for a place in a file.</summary>
    /// <param name="problem">What is wrong there.</param>
    /// <param name="path">The file, or null when it was read from a stream.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column, from 1.</param>
    public PomdpFormatException(string problem, string? path, int line, int column)
        : base($"{(path is null ? string.Empty : path + ": ")}line {line}, column {column}: {problem}")
    {
        Path = path;
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

    /// <summary>The file, where known.</summary>
    public string? Path { get; }

    /// <summary>Line, from 1; 0 when unknown.</summary>
    public int Line { get; }

    /// <summary>Column, from 1; 0 when unknown.</summary>
    public int Column { get; }
}
