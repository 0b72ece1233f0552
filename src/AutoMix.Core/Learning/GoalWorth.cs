namespace AutoMix.Learning;

/// <summary>How well a policy serves a goal, in units of quality: what a guard compares.</summary>
/// <remarks>
/// A goal with a condition (keep a quality, keep to a budget) is an exact penalty: what is beyond the condition is worth nothing, what
/// is short of it costs twice what it would cost to put right. At less than the exchange rate of the frontier, a policy that misses the
/// condition a little would be as good as the one that meets it.
/// </remarks>
/// <param name="goal">The goal.</param>
/// <param name="rate">Quality that a dollar buys where the goal is just met.</param>
internal readonly struct GoalWorth(Goal goal, double rate)
{
    private const double Penalty = 2;

    /// <param name="quality">The policy's mean quality.</param>
    /// <param name="cost">Its mean dollars a request.</param>
    /// <param name="best">The best single model's mean quality on the same requests.</param>
    public double Of(double quality, double cost, double best) => goal.Kind switch
    {
        GoalKind.KeepQuality => -(rate * cost) - (Penalty * Math.Max(0, (goal.Amount * best) - quality)),
        GoalKind.SpendAtMost => quality - (Penalty * rate * Math.Max(0, cost - (goal.Amount / 1000))),
        _ => quality - (cost / goal.Amount),
    };
}
