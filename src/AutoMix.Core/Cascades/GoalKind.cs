namespace AutoMix;

/// <summary>What a <see cref="Goal"/> fixes.</summary>
internal enum GoalKind
{
    KeepQuality = 0,
    SpendAtMost = 1,
    ErrorCosts = 2,
}
