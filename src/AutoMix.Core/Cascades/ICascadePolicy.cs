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
    /// What the policy reads of a query and its answers. Replay takes it from the traces. The chat pipeline observes answers,
    /// agreement, confidences and an estimate of the input tokens; embeddings only where a generator is registered, so that it
    /// refuses a policy that needs them without one when it is built.
    /// </summary>
    PolicyNeeds Needs => PolicyNeeds.None;

    /// <summary>Whether its numbers were learned from data; an uncalibrated policy is marked as such in routing records.</summary>
    bool IsCalibrated => false;

    /// <summary>
    /// How the confidences that the policy was made from came about, so that it is shown the same live: with the answer, or by a
    /// verification that is paid for. Null where it does not say.
    /// </summary>
    /// <param name="model">The index of a model.</param>
    VerificationKind? Verification(int model) => null;

    /// <summary>
    /// The confidences in an answer of <paramref name="model"/> between which the policy sees no difference after
    /// <paramref name="history"/>, now or later, so that a verification may stop as soon as its side is certain. Ascending; a
    /// confidence on an edge belongs above it. Null where every difference counts.
    /// </summary>
    /// <param name="history">What has been observed about this query. Not changed.</param>
    /// <param name="model">A model whose answer can be verified.</param>
    IReadOnlyList<double>? ConfidenceEdges(CascadeHistory history, int model) => null;

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
