namespace AutoMix;

/// <summary>How a plan was made.</summary>
public enum CascadeSolver
{
    /// <summary>Backward induction over all histories: optimal for the model.</summary>
    ExactBackwardInduction = 0,

    /// <summary>One-step value of information: for cascades too large for the exact solver.</summary>
    GreedyValueOfInformation = 1,
}
