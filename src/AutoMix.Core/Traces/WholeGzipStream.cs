using System.IO.Compression;

namespace AutoMix;

/// <summary>
/// Decompresses gzip and refuses data that was cut off. The framework's stream ends quietly there, so a last member is appended
/// whose content is known: only after complete data does it come out at the end.
/// </summary>
internal sealed class WholeGzipStream : ForwardStream
{
    private static readonly byte[] Mark = [.. "\0 the end of a whole file \0"u8];
    private static readonly byte[] PackedMark = Pack(Mark);
    private readonly GZipStream _gzip;
    private readonly byte[] _ahead = new byte[1 << 16];
    private int _held;

    public WholeGzipStream(Stream compressed) =>
        _gzip = new GZipStream(new FramedStream([], compressed, PackedMark), CompressionMode.Decompress);

    public override int Read(Span<byte> buffer)
    {
        // The mark's length is held back until what follows is known.
        while (_held <= Mark.Length)
        {
            int read = _gzip.Read(_ahead, _held, _ahead.Length - _held);
            if (read == 0)
            {
                return _ahead.AsSpan(0, _held).SequenceEqual(Mark) ? 0 : throw new InvalidDataException("The gzip data ends before it is complete.");
            }

            _held += read;
        }

        int count = Math.Min(buffer.Length, _held - Mark.Length);
        _ahead.AsSpan(0, count).CopyTo(buffer);
        _held -= count;
        _ahead.AsSpan(count, _held).CopyTo(_ahead);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
