using System.Buffers;

namespace AutoMix;

/// <summary>Text that grows in a rented array, so that only the finished string is allocated.</summary>
internal ref struct TextBuffer
{
    private char[] _characters;

    public TextBuffer(int capacity)
    {
        _characters = ArrayPool<char>.Shared.Rent(Math.Max(capacity, 256));
        Length = 0;
    }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<char> Text => _characters.AsSpan(0, Length);

    public void Append(char c)
    {
        if (Length == _characters.Length)
        {
            Grow(1);
        }

        _characters[Length++] = c;
    }

    public void Append(scoped ReadOnlySpan<char> text)
    {
        if (Length + text.Length > _characters.Length)
        {
            Grow(text.Length);
        }

        text.CopyTo(_characters.AsSpan(Length));
        Length += text.Length;
    }

    public override readonly string ToString() => new(Text);

    /// <summary>Gives the array back. The buffer cannot be used any more.</summary>
    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_characters);
        _characters = [];
        Length = 0;
    }

    private void Grow(int more)
    {
        char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(Length + more, 2 * _characters.Length));
        Text.CopyTo(larger);
        ArrayPool<char>.Shared.Return(_characters);
        _characters = larger;
    }
}
