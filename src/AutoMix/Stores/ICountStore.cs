namespace AutoMix.Stores;

/// <summary>Named sums that many processes add to: what has been learned, in a form in which the order of additions does not matter.</summary>
/// <remarks>
/// <para>Used concurrently. A delta is added whole or not at all, and once: a caller that does not know whether an addition arrived
/// (a time limit, a broken connection) sends it again with the same id. A store remembers ids for an hour at least.</para>
/// <para>A store knows nothing of time. Old evidence is forgotten by adding new evidence with ever larger weights (forward decay,
/// Cormode et al., 2009), which the reader divides out, so that clocks that differ by d change a weight by 2^(d / half-life) only.</para>
/// </remarks>
public interface ICountStore
{
    /// <summary>Adds to the sums of a key; sums that are not there yet begin at 0.</summary>
    /// <param name="key">Names the set of sums.</param>
    /// <param name="delta">The sums to add.</param>
    /// <param name="cancellationToken">Cancels the addition; it may have happened all the same.</param>
    /// <returns>Whether it was added now; false if a delta of this id had been added before.</returns>
    ValueTask<bool> AddAsync(string key, CountDelta delta, CancellationToken cancellationToken = default);

    /// <summary>All sums of a key at one moment; empty if there are none.</summary>
    /// <param name="key">Names the set of sums.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    ValueTask<IReadOnlyDictionary<string, double>> ReadAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Removes single sums of a key, such as those that have faded. Additions made at the same time may be removed too.</summary>
    /// <param name="key">Names the set of sums.</param>
    /// <param name="fields">The names of the sums; those that are not there are passed over.</param>
    /// <param name="cancellationToken">Cancels the removal.</param>
    ValueTask RemoveAsync(string key, IReadOnlyCollection<string> fields, CancellationToken cancellationToken = default);
}
