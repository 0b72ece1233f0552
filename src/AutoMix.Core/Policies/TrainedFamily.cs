namespace AutoMix.Policies;

/// <summary>A trained <see cref="PolicyFamily"/>: its held-out operating points, and a policy for each goal or objective.</summary>
public sealed class TrainedFamily
{
    private readonly Func<IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> _solve;
    private readonly IReadOnlyList<ICascadePolicy>? _offered;

    /// <param name="curve">Held-out operating points and single models.</param>
    /// <param name="solve">One policy per objective.</param>
    /// <param name="offered">Every policy that the family offers, where those are more than one per cost weight.</param>
    public TrainedFamily(
        CascadeCurve curve, Func<IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> solve, IReadOnlyList<ICascadePolicy>? offered = null)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentNullException.ThrowIfNull(solve);
        Curve = curve;
        _solve = solve;
        _offered = offered;
    }

    /// <summary>Operating points measured on held-out training queries.</summary>
    public CascadeCurve Curve { get; }

    /// <summary>Every policy that the family offers: one per cost weight of the curve, or all that training did not find dominated.</summary>
    public IReadOnlyList<ICascadePolicy> Policies() => _offered ?? _solve([.. Curve.Points.Select(point => new CascadeObjective(point.CostWeight))]);

    /// <summary>The policy for an objective.</summary>
    /// <param name="objective">What to maximise.</param>
    public ICascadePolicy For(CascadeObjective objective)
    {
        objective.Check(nameof(objective));
        return _solve([objective])[0];
    }

    /// <summary>The policy for a goal.</summary>
    /// <exception cref="ArgumentException">The goal cannot be met; the message says what can.</exception>
    public ICascadePolicy For(Goal goal) => _solve([new CascadeObjective(Curve.WeightFor(goal))])[0];
}
