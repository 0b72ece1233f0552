namespace AutoMix;

/// <summary>Cuts a stream into lines of bytes, counting them, with a bound on the length of one line.</summary>
internal sealed class TraceLineReader(Stream stream, string source) : IDisposable
{
    private const int MaxLineBytes = 64 << 20;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _exhausted;

    /// <summary>Number of the line last read, from 1.</summary>
    public long Line { get; private set; }

    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        int searched = _start;
        while (true)
        {
            int length = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Cut(searched + length, next: searched + length + 1);
                return true;
            }

            searched = _end;
            if (_exhausted)
            {
                bool unfinishedLine = _start < _end;
                line = unfinishedLine ? Cut(_end, next: _end) : default;
                return unfinishedLine;
            }

            searched -= MakeRoom();
            Fill();
        }
    }

    public void Dispose() => stream.Dispose();

    private ReadOnlyMemory<byte> Cut(int end, int next)
    {
        Line++;
        ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, end - _start);
        _start = next;
        if (Line == 1 && line.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            line = line[3..];
        }

        return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
    }

    // Moves the unread bytes to the front, or doubles the buffer where they fill it. Returns by how much they moved.
    private int MakeRoom()
    {
        int moved = _start;
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxLineBytes)
            {
                throw new TraceFormatException(source, Line + 1, $"the line is longer than {MaxLineBytes >> 20} MiB. A trace file has one JSON object per line.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return moved;
    }

    private void Fill()
    {
        try
        {
            int read = stream.Read(_buffer.AsSpan(_end));
            _end += read;
            _exhausted = read == 0;
        }
        catch (InvalidDataException e)
        {
            throw new TraceFormatException(source, Line + 1, "the gzip data is broken or cut off. Copy or record the file again.", e);
        }
    }
}
