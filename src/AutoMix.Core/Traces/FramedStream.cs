namespace AutoMix;

/// <summary>Some bytes, then a stream, then some bytes: gives back what was read ahead of a stream that cannot seek, or adds to its end.</summary>
internal sealed class FramedStream(byte[] prefix, Stream rest, byte[] suffix) : ForwardStream
{
    private int _given;
    private int _added;

    public override int Read(Span<byte> buffer)
    {
        if (_given < prefix.Length)
        {
            return Take(prefix, ref _given, buffer);
        }

        int read = rest.Read(buffer);
        return read > 0 ? read : Take(suffix, ref _added, buffer);
    }

    private static int Take(byte[] bytes, ref int taken, Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, bytes.Length - taken);
        bytes.AsSpan(taken, count).CopyTo(buffer);
        taken += count;
        return count;
    }
}
