namespace AutoMix.Policies;

/// <summary>How a bandit tries what it knows little about.</summary>
internal enum Exploration
{
    /// <summary>By the upper end of what is plausible: LinUCB.</summary>
    UpperBound = 0,

    /// <summary>By a draw from what is plausible: Thompson sampling.</summary>
    Sampling = 1,
}
