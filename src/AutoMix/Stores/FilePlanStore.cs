using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AutoMix.Stores;

/// <summary>Plan versions in files of one folder, shared by the processes of a machine and kept when they end.</summary>
/// <remarks>
/// Safe for concurrent use. A change is noticed by looking at the file now and then, which works on every file system. While a file
/// cannot be read, a watch waits.
/// </remarks>
/// <exception cref="StoreCorruptedException">A file is damaged, and so is the one before it.</exception>
internal sealed class FilePlanStore : IPlanStore
{
    private static readonly TimeSpan DefaultPoll = TimeSpan.FromSeconds(1);
    private readonly StateFolder _files;
    private readonly TimeSpan _poll;
    private readonly TimeProvider _time;

    /// <param name="folder">The folder; made if it does not exist.</param>
    /// <param name="poll">How often a watch looks, more than 0; every second if null.</param>
    /// <param name="timeProvider">The clock; the system's if null.</param>
    public FilePlanStore(string folder, TimeSpan? poll = null, TimeProvider? timeProvider = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(poll ?? DefaultPoll, TimeSpan.Zero, nameof(poll));
        _files = new(folder, "plan");
        _poll = poll ?? DefaultPoll;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public async ValueTask<PlanVersion?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        StateFile file = _files[name];
        return Version(file, await file.ReadAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask<PlanVersion?> PublishAsync(string name, ReadOnlyMemory<byte> content, long fencingToken, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fencingToken);
        StateFile file = _files[name];
        PlanVersion? next = null;
        await file.ChangeAsync(
            state =>
            {
                PlanVersion? before = Version(file, state);
                if (before is not null && fencingToken < before.FencingToken)
                {
                    return null;
                }

                next = new((before?.Number ?? 0) + 1, fencingToken, content.ToArray());
                return JsonSerializer.SerializeToUtf8Bytes(new(next.Number, next.FencingToken, content.ToArray()), StoreJson.Default.PlanDocument);
            },
            cancellationToken).ConfigureAwait(false);
        return next;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<PlanVersion> WatchAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long seen = 0;
        using var timer = new PeriodicTimer(_poll, _time);
        do
        {
            if (await TryReadAsync(name, cancellationToken).ConfigureAwait(false) is { } newest && newest.Number > seen)
            {
                seen = newest.Number;
                yield return newest;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<PlanVersion?> TryReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreCorruptedException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static PlanVersion? Version(StateFile file, byte[]? content) =>
        StoreJson.Read(file, content, StoreJson.Default.PlanDocument) is { } document ? new(document.Number, document.FencingToken, document.Content) : null;

    internal sealed record Document(long Number, long FencingToken, byte[] Content);
}
