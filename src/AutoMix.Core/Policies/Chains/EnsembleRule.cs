namespace AutoMix.Policies;

/// <summary>How an ensemble settles on one of its answers.</summary>
internal enum EnsembleRule
{
    /// <summary>The answer that most members gave.</summary>
    Majority = 0,

    /// <summary>The same, each vote counted by the log-odds of its model's accuracy.</summary>
    WeightedMajority = 1,

    /// <summary>The answer in which the verifier has most confidence.</summary>
    BestOf = 2,
}
