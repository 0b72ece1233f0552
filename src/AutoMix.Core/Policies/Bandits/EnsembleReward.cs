namespace AutoMix.Policies;

/// <summary>The worth of several models together (Dai et al., 2024).</summary>
public enum EnsembleReward
{
    /// <summary>Any win: one satisfactory answer is enough; models are asked one after the other until one satisfies (AWC).</summary>
    AnyWin = 0,

    /// <summary>Sum up: every answer counts (SUC).</summary>
    SumUp = 1,

    /// <summary>All in: every answer must be right, as if each model does one part of a task (AIC).</summary>
    AllIn = 2,
}
