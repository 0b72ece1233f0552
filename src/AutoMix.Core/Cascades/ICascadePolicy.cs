using AutoMix.Policies;

namespace AutoMix;

/// <summary>
/// A pure routing policy over numbers: from what has been observed about one query to the next action. The same object
/// decides offline (replaying recorded traces) and live (inside the chat pipeline).
/// </summary>
/// <remarks>Implementations are immutable and safe for concurrent use; <see cref="Decide"/> allocates nothing.</remarks>
public interface ICascadePolicy
{
    /// <summary>The policy's key in reports, such as <c>pomdp</c> or <c>threshold</c>.</summary>
    string Name { get; }

    /// <summary>The names of the models it was made for, cheapest first. Indices everywhere refer to this list.</summary>
    IReadOnlyList<string> Models { get; }

    /// <summary>
    /// What must be known of a query before the first decision. Whoever executes the policy computes it; where that fails,
    /// the policy decides without.
    /// </summary>
    PolicyNeeds Needs => PolicyNeeds.None;

    /// <summary>The next action after <paramref name="history"/>.</summary>
    /// <param name="history">What has been observed about this query. Not changed.</param>
    /// <returns>
    /// A model that is neither called nor excluded for <see cref="CascadeActionKind.Call"/>; one that is called and can be
    /// verified for <see cref="CascadeActionKind.Verify"/>; one that is called for <see cref="CascadeActionKind.Accept"/>.
    /// </returns>
    /// <exception cref="ArgumentException">The history is for another number of models.</exception>
    CascadeAction Decide(CascadeHistory history);

    /// <summary>The policy's belief that each model answers this query acceptably, given <paramref name="history"/>.</summary>
    /// <param name="history">What has been observed about this query. Not changed.</param>
    /// <param name="correctness">Receives one probability in [0, 1] per model; length is the number of models.</param>
    /// <returns>False, with nothing written, where the policy holds no belief.</returns>
    bool TryGetBelief(CascadeHistory history, Span<double> correctness) => false;
}
