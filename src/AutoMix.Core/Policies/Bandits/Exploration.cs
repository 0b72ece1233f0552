namespace AutoMix.Policies;

/// <summary>How a bandit tries the models that it knows little about.</summary>
internal enum Exploration
{
    /// <summary>By the upper end of the plausible range: LinUCB.</summary>
    UpperBound = 0,

    /// <summary>By a draw from the plausible range: Thompson sampling.</summary>
    Sampling = 1,
}
