namespace AutoMix.Policies;

/// <summary>Learners that start without traces, and the guard against poisoned feedback. With traces, take them from the <see cref="PolicyRegistry"/>.</summary>
public static class Learners
{
    /// <summary>Creates a bandit that takes the upper end of the plausible range (LinUCB, Li et al., 2010), without context.</summary>
    /// <param name="models">The models' names, cheapest first.</param>
    /// <param name="objective">The value to maximise.</param>
    /// <param name="width">How many standard deviations are plausible.</param>
    public static ILearningPolicy LinUcb(IReadOnlyList<string> models, CascadeObjective objective, double width = 1)
    {
        ArgumentNullException.ThrowIfNull(models);
        return new LinearBanditPolicy("linucb", models, LinearArms.Empty(models.Count, 1), objective, Exploration.UpperBound, width, 0);
    }

    /// <summary>Creates a bandit that draws from the plausible range (Thompson sampling), without context.</summary>
    /// <param name="models">The models' names, cheapest first.</param>
    /// <param name="objective">The value to maximise.</param>
    /// <param name="width">How wide the draws are.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static ILearningPolicy Thompson(IReadOnlyList<string> models, CascadeObjective objective, double width = 0.5, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(models);
        return new LinearBanditPolicy("thompson", models, LinearArms.Empty(models.Count, 1), objective, Exploration.Sampling, width, seed);
    }

    /// <summary>PickLLM (Sikeridis et al., 2024): Q-learning on quality less the price of cost and latency, or a learning automaton.</summary>
    /// <param name="models">The models' names, cheapest first.</param>
    /// <param name="objective">Weighs the reward.</param>
    /// <param name="automaton">Whether models are drawn by learned probabilities rather than picked by value.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static ILearningPolicy PickLlm(IReadOnlyList<string> models, CascadeObjective objective, bool automaton = false, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(models);
        return PickLlmPolicy.Start(models, objective, automaton, seed);
    }

    /// <summary>C2MAB-V (Dai et al., 2024): sets of models under a long-term budget.</summary>
    /// <param name="models">The models' names, cheapest first.</param>
    /// <param name="reward">The worth of a set.</param>
    /// <param name="size">Number of models in a set.</param>
    /// <param name="dollarsPerRequest">The long-term budget.</param>
    /// <param name="width">The width of the plausible range.</param>
    /// <param name="seed">Seed of the coins.</param>
    public static ILearningPolicy CombinatorialBandit(
        IReadOnlyList<string> models, EnsembleReward reward, int size, double dollarsPerRequest, double width = 0.3, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(models);
        return CombinatorialBanditPolicy.Start(models, reward, size, dollarsPerRequest, width, seed);
    }

    /// <summary>Protects a learner from poisoned feedback: per-source influence caps, and trimming of the sources that differ most.</summary>
    /// <param name="learner">The learner.</param>
    /// <param name="mostShare">Largest share of all outcomes that one source may give, in (0, 1].</param>
    /// <param name="trim">Share of sources trimmed at each end, in [0, .5).</param>
    /// <param name="batch">Outcomes that are learned together; trimming needs several.</param>
    public static ILearningPolicy Guard(ILearningPolicy learner, double mostShare = 0.1, double trim = 0.2, int batch = 20)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentOutOfRangeException.ThrowIfNotEqual(mostShare is > 0 and <= 1, true, nameof(mostShare));
        ArgumentOutOfRangeException.ThrowIfNotEqual(trim is >= 0 and < 0.5, true, nameof(trim));
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        return new GuardedLearner(learner, mostShare, trim, batch);
    }

    /// <summary>Shows a learner every recorded query, in order.</summary>
    internal static ILearningPolicy Learn(ILearningPolicy learner, TraceTable table)
    {
        for (int row = 0; row < table.RowCount; row++)
        {
            learner = learner.Update(PolicyOutcome.From(table, row));
        }

        return learner;
    }

    /// <summary>
    /// Removes the outcomes of the sources whose grades lie furthest from the grades of all sources for the same models, at both ends.
    /// Sources with fewer than five grades, and sources no further away than chance explains, are kept.
    /// </summary>
    /// <param name="batch">Outcomes that are learned together.</param>
    /// <param name="models">Number of models.</param>
    /// <param name="trim">Share of sources trimmed at each end, in [0, .5).</param>
    public static IReadOnlyList<PolicyOutcome> WithoutOutlyingSources(IReadOnlyCollection<PolicyOutcome> batch, int models, double trim = 0.2)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNotEqual(trim is >= 0 and < 0.5, true, nameof(trim));
        return [.. GuardedLearner.Trim(batch, models, trim)];
    }
}
