using System.Security.Cryptography;
using System.Text;

namespace AutoMix.Stores;

/// <summary>
/// One file of state that many processes of a machine read and replace: whole or not at all, with a checksum, and with the state
/// before it beside it.
/// </summary>
/// <remarks>
/// A change is written to a draft, flushed to the disk and renamed over the state, whose previous file becomes the fallback. A
/// torn or damaged state fails its checksum, and the previous state is read instead. After a loss of power the last change may be undone
/// if the file system had not yet written the renaming.
/// </remarks>
internal sealed class StateFile(string path)
{
    private const string Magic = "automix-state 1 ";
    private static readonly int HeaderLength = Magic.Length + (2 * SHA256.HashSizeInBytes) + 1;
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(5);

    /// <summary>The path of the state.</summary>
    public string Path => path;

    private string Previous => $"{path}.previous";

    /// <summary>The state; null if there is none yet.</summary>
    /// <exception cref="StoreCorruptedException">Neither the state nor the one before it can be read.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        (bool exists, byte[]? content) = await TryReadAsync(path, cancellationToken).ConfigureAwait(false);
        if (content is not null)
        {
            return content;
        }

        (bool hasPrevious, byte[]? before) = await TryReadAsync(Previous, cancellationToken).ConfigureAwait(false);
        return before ?? (exists || hasPrevious ? throw new StoreCorruptedException(path) : null);
    }

    /// <summary>Replaces the state while no other process does.</summary>
    /// <param name="change">From the state before, null if there is none, to the new one; null leaves it as it is.</param>
    /// <param name="cancellationToken">Cancels the waiting for others.</param>
    public async ValueTask ChangeAsync(Func<byte[]?, byte[]?> change, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using FileStream held = await LockAsync(cancellationToken).ConfigureAwait(false);
        if (change(await ReadAsync(cancellationToken).ConfigureAwait(false)) is { } next)
        {
            Write(next);
        }
    }

    private void Write(byte[] content)
    {
        string draft = $"{path}.draft";
        using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(Encoding.ASCII.GetBytes($"{Magic}{Convert.ToHexStringLower(SHA256.HashData(content))}\n"));
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        // A damaged state must not take the place of the good one before it.
        if (File.Exists(path) && Content(File.ReadAllBytes(path)) is not null)
        {
            File.Replace(draft, path, Previous);
        }
        else
        {
            File.Move(draft, path, overwrite: true);
        }
    }

    private static async ValueTask<(bool Exists, byte[]? Content)> TryReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (true, Content(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (false, null);
        }
    }

    private static byte[]? Content(byte[] file)
    {
        if (file.Length < HeaderLength || file[HeaderLength - 1] != '\n' || !file.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Magic)))
        {
            return null;
        }

        byte[] content = file[HeaderLength..];
        string said = Encoding.ASCII.GetString(file, Magic.Length, 2 * SHA256.HashSizeInBytes);
        return said == Convert.ToHexStringLower(SHA256.HashData(content)) ? content : null;
    }

    // Windows: a sharing or a lock violation; elsewhere: EWOULDBLOCK, by its number on Linux and on macOS. A full or a read-only disk is not waited for.
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) is var code && (OperatingSystem.IsWindows() ? code is 32 or 33 : code is 11 or 35);

    // The operating system releases the lock of a process that dies.
    private async ValueTask<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e))
            {
                await Task.Delay(LockRetry, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
