namespace AutoMix.Pomdps;

/// <summary>An action taken at a belief: its reward and the beliefs that its observations lead to.</summary>
internal sealed class BeliefBranch(double reward, int[] outcomes, double[] chances, BeliefNode[] children)
{
    public double Reward { get; } = reward;

    /// <summary>Positions in <see cref="ClassStep.Outcomes"/>.</summary>
    public int[] Outcomes { get; } = outcomes;

    public double[] Chances { get; } = chances;

    public BeliefNode[] Children { get; } = children;

    /// <summary>Upper bound of the action's value, no looser than at any time before.</summary>
    public double Upper { get; set; } = double.PositiveInfinity;
}
