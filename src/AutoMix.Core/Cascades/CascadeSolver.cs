namespace AutoMix;

/// <summary>How a plan was made.</summary>
public enum CascadeSolver
{
    /// <summary>Backward induction over all histories: optimal for the model.</summary>
    ExactBackwardInduction = 0,

    /// <summary>One-step value of information: where not even one model's histories are within the limit.</summary>
    GreedyValueOfInformation = 1,

    /// <summary>
    /// Backward induction over the histories of the models worth having, chosen by forward selection on its value: for cascades too
    /// large for all. The other models are called only where one of these fails.
    /// </summary>
    ExactOnSubCascade = 2,
}
