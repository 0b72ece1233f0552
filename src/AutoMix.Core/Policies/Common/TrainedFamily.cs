using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>A trained <see cref="PolicyFamily"/>: its held-out operating points, and a policy for each goal or objective.</summary>
public sealed class TrainedFamily
{
    private readonly Func<IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> _solve;
    private readonly Func<IReadOnlyList<OfferedPolicy>>? _offered;
    private readonly Func<Goal, ICascadePolicy>? _forGoal;

    /// <param name="curve">Held-out operating points and single models.</param>
    /// <param name="solve">One policy per objective.</param>
    /// <param name="offered">Every policy that the family offers with its training figures; one per cost weight of the curve if null.</param>
    /// <param name="forGoal">The policy for a goal; chosen by the curve if null.</param>
    public TrainedFamily(
        CascadeCurve curve,
        Func<IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> solve,
        Func<IReadOnlyList<OfferedPolicy>>? offered = null,
        Func<Goal, ICascadePolicy>? forGoal = null)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentNullException.ThrowIfNull(solve);
        Curve = curve;
        _solve = solve;
        _offered = offered;
        _forGoal = forGoal;
    }

    /// <summary>Operating points measured on held-out training queries, one per cost weight.</summary>
    public CascadeCurve Curve { get; }

    /// <summary>Lists every policy that the family offers, with its training figures.</summary>
    public IReadOnlyList<OfferedPolicy> Offered() => _offered?.Invoke()
        ?? [.. Policies().Select((policy, i) => new OfferedPolicy(new(Curve.Points[i].Accuracy, Curve.Points[i].CostPerQuery), policy))];

    /// <summary>Creates one policy per cost weight of the curve.</summary>
    public IReadOnlyList<ICascadePolicy> Policies() => _solve([.. Curve.Points.Select(point => new CascadeObjective(point.CostWeight))]);

    /// <summary>Creates the policy for an objective.</summary>
    /// <param name="objective">The value to maximise.</param>
    public ICascadePolicy For(CascadeObjective objective)
    {
        objective.Check(nameof(objective));
        return _solve([objective])[0];
    }

    /// <summary>Creates the policy for a goal.</summary>
    /// <exception cref="ArgumentException">The goal cannot be met; the message names the nearest one that can.</exception>
    public ICascadePolicy For(Goal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        return _forGoal is null ? For(new CascadeObjective(Curve.WeightFor(goal))) : _forGoal(goal);
    }

    /// <summary>Trains a family that fits one policy per objective.</summary>
    internal static TrainedFamily PerObjective(TraceTable table, Func<TraceTable, IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> fit)
    {
        IReadOnlyList<OperatingPoint> points = CrossValidation.HeldOut(table, CrossValidation.Objectives(table), fit);
        return new TrainedFamily(new CascadeCurve(points, CrossValidation.Singles(table)), objectives => fit(table, objectives));
    }

    /// <summary>Trains a family that enumerates policies and takes the best on the training traces; offers all that are not dominated.</summary>
    internal static TrainedFamily BestOf(TraceTable table, Func<TraceTable, IReadOnlyList<Candidate>> enumerate)
    {
        IReadOnlyList<ICascadePolicy> Pick(IReadOnlyList<Candidate> candidates, IReadOnlyList<CascadeObjective> objectives) =>
            [.. objectives.Select(objective => candidates.MaxBy(candidate => candidate.Value(objective)).Make())];

        IReadOnlyList<OperatingPoint> points = CrossValidation.HeldOut(
            table, CrossValidation.Objectives(table), (rows, objectives) => Pick(enumerate(rows), objectives));
        IReadOnlyList<Candidate> all = enumerate(table);
        return new TrainedFamily(
            new CascadeCurve(points, CrossValidation.Singles(table)),
            objectives => Pick(all, objectives),
            () => [.. Candidate.Pareto(all).Select(candidate => new OfferedPolicy(new(candidate.Quality, candidate.Cost.Dollars), candidate.Make()))]);
    }
}
