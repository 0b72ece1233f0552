using System.Text.Json;

namespace AutoMix.Stores;

/// <summary>Leases in files of one folder, shared by the processes of a machine.</summary>
/// <param name="folder">The folder; made if it does not exist.</param>
/// <param name="timeProvider">The clock; the system's if null.</param>
/// <remarks>
/// Safe for concurrent use. The clock is the machine's wall clock, since no other is shared by processes: setting it ends a lease
/// early or late, which costs a change of the learner, not a wrong plan. After a damaged file a token may be given a second time.
/// </remarks>
/// <exception cref="StoreCorruptedException">A file is damaged, and so is the one before it.</exception>
internal sealed class FileLeaseStore(string folder, TimeProvider? timeProvider = null) : ILeaseStore
{
    private readonly StateFolder _files = new(folder, "lease");
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public async ValueTask<LearnerLease?> TryAcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        LearnerLease? granted = null;
        StateFile file = _files[name];
        await file.ChangeAsync(
            content =>
            {
                Document? held = StoreJson.Read(file, content, StoreJson.Default.LeaseDocument);
                DateTimeOffset now = _time.GetUtcNow();
                bool runs = held is not null && now < held.Ends;
                if (runs && held!.Owner != owner)
                {
                    return null;
                }

                granted = new(name, owner, runs ? held!.FencingToken : (held?.FencingToken ?? 0) + 1, duration);
                return JsonSerializer.SerializeToUtf8Bytes(new(owner, granted.FencingToken, now + duration), StoreJson.Default.LeaseDocument);
            },
            cancellationToken).ConfigureAwait(false);
        return granted;
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(LearnerLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        StateFile file = _files[lease.Name];

        // The token stays, so that the next one is larger.
        return file.ChangeAsync(
            content => StoreJson.Read(file, content, StoreJson.Default.LeaseDocument) is { } held && held.FencingToken == lease.FencingToken
                ? JsonSerializer.SerializeToUtf8Bytes(held with { Ends = DateTimeOffset.MinValue }, StoreJson.Default.LeaseDocument)
                : null,
            cancellationToken);
    }

    internal sealed record Document(string Owner, long FencingToken, DateTimeOffset Ends);
}
