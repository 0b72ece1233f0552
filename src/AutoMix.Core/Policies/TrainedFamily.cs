namespace AutoMix.Policies;

/// <summary>A trained <see cref="PolicyFamily"/>: its held-out operating points, and a policy for each goal or objective.</summary>
public sealed class TrainedFamily
{
    private readonly Func<IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> _solve;

    /// <param name="curve">Held-out operating points and single models.</param>
    /// <param name="solve">One policy per objective.</param>
    public TrainedFamily(CascadeCurve curve, Func<IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> solve)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentNullException.ThrowIfNull(solve);
        Curve = curve;
        _solve = solve;
    }

    /// <summary>Operating points measured on held-out training queries.</summary>
    public CascadeCurve Curve { get; }

    /// <summary>One policy per cost weight of the curve.</summary>
    public IReadOnlyList<ICascadePolicy> Policies() => _solve([.. Curve.Points.Select(point => new CascadeObjective(point.CostWeight))]);

    /// <summary>The policy for a goal.</summary>
    /// <exception cref="ArgumentException">The goal cannot be met; the message says what can.</exception>
    public ICascadePolicy For(Goal goal) => _solve([new CascadeObjective(Curve.WeightFor(goal))])[0];
}
