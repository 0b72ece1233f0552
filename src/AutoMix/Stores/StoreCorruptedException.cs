namespace AutoMix.Stores;

/// <summary>A file of state is damaged, and so is the one before it.</summary>
public sealed class StoreCorruptedException : IOException
{
    /// <summary>A file that cannot be read.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="innerException">The cause in the content; null if the checksum is wrong.</param>
    public StoreCorruptedException(string path, Exception? innerException = null)
        : base($"The file '{path}' is damaged: its content does not match its checksum, or is none that this version reads. There is no good '{path}.previous' either. Restore one of them from a backup, or delete both to start anew.", innerException)
    {
        FileName = path;
    }

    /// <summary>The path of the file.</summary>
    public string FileName { get; }
}
