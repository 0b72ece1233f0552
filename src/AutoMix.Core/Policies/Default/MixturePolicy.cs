using System.Text.Json.Serialization;

namespace AutoMix.Policies;

/// <summary>
/// Two policies and a coin: a mixture reaches every point between two operating points. The coin is a function of the seed
/// and of the request's key, so that the same request is decided alike offline, live, streaming and concurrently.
/// </summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class MixturePolicy : ICascadePolicy
{
    /// <param name="first">The policy for the requests whose coin falls above <paramref name="share"/>.</param>
    /// <param name="second">The policy for the others; for the same models.</param>
    /// <param name="share">Share of requests that <paramref name="second"/> decides, in [0, 1].</param>
    /// <param name="seed">Seed of the coin.</param>
    /// <exception cref="ArgumentException">The policies are for different models.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is not in [0, 1].</exception>
    public MixturePolicy(ICascadePolicy first, ICascadePolicy second, double share, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ModelList.CheckSame(first.Models, second.Models, "the first policy", "the second policy");
        if (!(share >= 0 && share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share is a number in [0, 1].");
        }

        First = first;
        Second = second;
        Share = share;
        Seed = seed;
    }

    /// <inheritdoc/>
    public string Name => "default";

    /// <inheritdoc/>
    public IReadOnlyList<string> Models => First.Models;

    /// <inheritdoc/>
    public PolicyNeeds Needs => First.Needs | Second.Needs;

    /// <inheritdoc/>
    public bool IsCalibrated => First.IsCalibrated && Second.IsCalibrated;

    /// <inheritdoc/>
    /// <remarks>The first policy's kind; the second's if the first reads no confidence.</remarks>
    public VerificationKind? Verification(int model)
    {
        VerificationKind? first = First.Verification(model);
        return first is null or VerificationKind.None ? Second.Verification(model) : first;
    }

    /// <summary>The policy for the requests whose coin falls above the share.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ICascadePolicy First { get; }

    /// <summary>The policy for the others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ICascadePolicy Second { get; }

    /// <summary>Share of requests that <see cref="Second"/> decides.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double Share { get; }

    /// <summary>Seed of the coin.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Seed { get; }

    /// <inheritdoc/>
    public IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => Choose(history).ConfidenceEdges(history, model);

    /// <inheritdoc/>
    public CascadeAction Decide(CascadeHistory history) => Choose(history).Decide(history);

    /// <summary>Tosses the coin of a request and returns the policy that decides it.</summary>
    /// <param name="requestKey">The request's key; see <see cref="RequestKeys"/>.</param>
    public ICascadePolicy Chosen(ulong requestKey) => RequestKeys.Uniform(Seed, requestKey) < Share ? Second : First;

    /// <inheritdoc/>
    /// <remarks>The belief of the policy that decides the request; the other policy's if that one has none.</remarks>
    public bool TryGetBelief(CascadeHistory history, Span<double> correctness)
    {
        ICascadePolicy chosen = Choose(history);
        return chosen.TryGetBelief(history, correctness) || (ReferenceEquals(chosen, First) ? Second : First).TryGetBelief(history, correctness);
    }

    private ICascadePolicy Choose(CascadeHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return Chosen(history.RequestKey);
    }
}
