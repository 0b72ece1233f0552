using System.Collections;
using System.Globalization;

namespace AutoMix.Pomdps;

/// <summary>The names of states, actions or observations; where only a count was given, the numbers from 0, made when asked for.</summary>
internal sealed class NameList : IReadOnlyList<string>
{
    private readonly string[]? _names;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _indexes;

    public NameList(int count)
    {
        Count = count;
    }

    public NameList(IReadOnlyList<string> names)
    {
        _names = [.. names];
        Count = names.Count;
        Dictionary<string, int> indexes = new(names.Count, StringComparer.Ordinal);
        for (int i = 0; i < _names.Length; i++)
        {
            if (!CanBeWritten(_names[i]))
            {
                throw new PomdpException($"'{_names[i]}' cannot be a name: it is empty, '*', or has a space, ':' or '#' in it.");
            }

            if (!indexes.TryAdd(_names[i], i))
            {
                throw new PomdpException($"The name '{_names[i]}' is given twice.");
            }
        }

        if (Count == 1 && int.TryParse(_names[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new PomdpException($"The only name cannot be the number '{_names[0]}': it would be read as a count.");
        }

        _indexes = indexes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count { get; }

    /// <summary>True when the items have no names but their numbers.</summary>
    public bool IsNumbered => _names is null;

    public string this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _names?[index] ?? index.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Index of a name, or of a number written out; -1 when there is none.</summary>
    public int Find(ReadOnlySpan<char> name)
    {
        if (_names is not null && _indexes.TryGetValue(name, out int index))
        {
            return index;
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < Count ? number : -1;
    }

    private static bool CanBeWritten(string name) =>
        name is not (null or "" or "*") && !name.AsSpan().ContainsAny(":#") && !name.Any(c => char.IsWhiteSpace(c) || c == 0xFEFF);

    public IEnumerator<string> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
