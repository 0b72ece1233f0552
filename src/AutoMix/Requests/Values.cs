using System.Collections;

namespace AutoMix;

/// <summary>A list that equals another one with equal items in the same order, so that the records that hold it are equal by their data.</summary>
internal sealed class Values<T> : IReadOnlyList<T>
{
    public static readonly Values<T> None = new([]);
    private readonly IReadOnlyList<T> _items;

    private Values(IReadOnlyList<T> items) => _items = items;

    public int Count => _items.Count;

    public T this[int index] => _items[index];

    /// <summary>Wraps a list that nobody changes any more.</summary>
    public static Values<T> Of(IReadOnlyList<T>? items) => items as Values<T> ?? (items is { Count: > 0 } ? new(items) : None);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj) || (obj is Values<T> other && _items.SequenceEqual(other._items));

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (T item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
