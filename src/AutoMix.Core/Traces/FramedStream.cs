namespace AutoMix;

/// <summary>Some bytes, then a stream, then some bytes: gives back what was read ahead of a stream that cannot seek, or adds to its end.</summary>
internal sealed class FramedStream(byte[] prefix, Stream rest, byte[] suffix) : Stream
{
    private int _given;
    private int _added;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_given < prefix.Length)
        {
            return Take(prefix, ref _given, buffer);
        }

        int read = rest.Read(buffer);
        return read > 0 ? read : Take(suffix, ref _added, buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static int Take(byte[] bytes, ref int taken, Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, bytes.Length - taken);
        bytes.AsSpan(taken, count).CopyTo(buffer);
        taken += count;
        return count;
    }
}
