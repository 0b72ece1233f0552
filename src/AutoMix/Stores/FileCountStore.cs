using System.Text.Json;

namespace AutoMix.Stores;

/// <summary>Sums in files of one folder, shared by the processes of a machine and kept when they end.</summary>
/// <param name="folder">The folder; made if it does not exist. A network share is as safe as its locks.</param>
/// <param name="timeProvider">The clock by which ids of deltas are forgotten; the system's if null.</param>
/// <remarks>
/// Safe for concurrent use. Every addition replaces the whole file, at once or not at all, and flushes it to the disk: add what has
/// gathered every few seconds, not every label. A damaged file is replaced by the one before it, which lacks the last addition.
/// </remarks>
/// <exception cref="StoreCorruptedException">A file is damaged, and so is the one before it.</exception>
internal sealed class FileCountStore(string folder, TimeProvider? timeProvider = null) : ICountStore
{
    private readonly StateFolder _files = new(folder, "counts");
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public async ValueTask<bool> AddAsync(string key, CountDelta delta, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(delta);
        delta.Check();
        bool added = false;
        await ChangeAsync(key, table => added = table.Add(delta, _time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        return added;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, double>> ReadAsync(string key, CancellationToken cancellationToken = default)
    {
        StateFile file = _files[key];
        return Table(file, await file.ReadAsync(cancellationToken).ConfigureAwait(false)).Sums;
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(string key, IReadOnlyCollection<string> fields, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fields);
        await ChangeAsync(
            key,
            table =>
            {
                table.Remove(fields);
                return fields.Count > 0;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private ValueTask ChangeAsync(string key, Func<SumTable, bool> change, CancellationToken cancellationToken)
    {
        StateFile file = _files[key];
        return file.ChangeAsync(
            content =>
            {
                SumTable table = Table(file, content);
                return change(table) ? JsonSerializer.SerializeToUtf8Bytes(table, StoreJson.Default.SumTable) : null;
            },
            cancellationToken);
    }

    private static SumTable Table(StateFile file, byte[]? content) => StoreJson.Read(file, content, StoreJson.Default.SumTable) ?? new();
}
