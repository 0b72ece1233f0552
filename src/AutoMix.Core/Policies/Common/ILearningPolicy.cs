namespace AutoMix.Policies;

/// <summary>
/// A policy that learns while it is used. Each state is an immutable snapshot; an outcome gives the next one, so that the
/// same sequence of outcomes leads to the same decisions, offline and live.
/// </summary>
public interface ILearningPolicy : ICascadePolicy
{
    /// <summary>The snapshot after an outcome; this one is not changed.</summary>
    /// <param name="outcome">The outcome of one request.</param>
    ILearningPolicy Update(PolicyOutcome outcome);
}
