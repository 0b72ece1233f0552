using System.Globalization;
using AutoMix.Learning;
using AutoMix.Stores;

namespace AutoMix;

/// <summary>The evidence of all processes, in a store of sums. Each epoch has its own key, because weights double with each half-life.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class SharedEvidence(ICountStore counts, string name, TimeSpan halfLife, TimeProvider time)
{
    // An epoch ends long before its weights could overflow.
    private const double EpochLength = 256;
    private const double FadedShare = 1e-4;
    private (CountDelta Delta, string Key)? _unsent;

    private double Epoch => Math.Floor(HalfLives / EpochLength);

    private double HalfLives => (time.GetUtcNow() - DateTimeOffset.UnixEpoch) / halfLife;

    /// <summary>The number of half-lives of the epoch that have passed.</summary>
    public double Age => HalfLives - (Epoch * EpochLength);

    /// <summary>Adds the evidence of this process. If the fate of a delta is unknown, it is sent again under its id before anything new.</summary>
    public async ValueTask AddAsync(Func<EvidenceSums> take, CancellationToken cancellationToken)
    {
        string key = KeyOf(Epoch);
        await SendAsync(cancellationToken).ConfigureAwait(false);
        EvidenceSums taken = take();
        if (taken.Sums.Count > 0)
        {
            _unsent = (CountDelta.Of(taken.Sums), key);
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads all evidence, with a discount for the previous epoch. Sums that have faded are removed from the store.</summary>
    public async ValueTask<EvidenceSums> ReadAsync(CancellationToken cancellationToken)
    {
        double epoch = Epoch;
        var sums = new EvidenceSums();
        sums.Merge(await counts.ReadAsync(KeyOf(epoch), cancellationToken).ConfigureAwait(false));
        IReadOnlyList<string> faded = sums.Faded(FadedShare);
        sums.Merge(await counts.ReadAsync(KeyOf(epoch - 1), cancellationToken).ConfigureAwait(false), Math.Pow(2, -EpochLength));
        if (faded.Count > 0)
        {
            await counts.RemoveAsync(KeyOf(epoch), faded, cancellationToken).ConfigureAwait(false);
        }

        return sums;
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_unsent is { } unsent)
        {
            await counts.AddAsync(unsent.Key, unsent.Delta, cancellationToken).ConfigureAwait(false);
            _unsent = null;
        }
    }

    private string KeyOf(double epoch) => string.Create(CultureInfo.InvariantCulture, $"{name}:evidence:{epoch}");
}
