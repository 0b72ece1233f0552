namespace AutoMix.Policies;

/// <summary>What several models together are worth (Dai et al., 2024).</summary>
public enum EnsembleReward
{
    /// <summary>Any win: one satisfactory answer is enough; models are asked one after the other until one satisfies (AWC).</summary>
    AnyWin = 0,

    /// <summary>Sum up: every answer counts (SUC).</summary>
    SumUp = 1,

    /// <summary>All in: every answer must be right, as where each model does one part of a task (AIC).</summary>
    AllIn = 2,
}
