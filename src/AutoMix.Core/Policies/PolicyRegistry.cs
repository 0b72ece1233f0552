using AutoMix.Estimation;

namespace AutoMix.Policies;

/// <summary>Every policy that can be trained on traces, by key.</summary>
public static class PolicyRegistry
{
    /// <summary>All families, in the order of reports.</summary>
    public static IReadOnlyList<PolicyFamily> All { get; } =
    [
        new("pomdp", "AutoMix (Aggarwal, Madaan et al., 2023), solved exactly with verification as an action", Pomdp),
        new("threshold", "AutoMix Threshold (Aggarwal, Madaan et al., 2023), one threshold per model", Threshold),
        .. PairFamilies.All,
        .. ChainFamilies.All,
    ];

    /// <summary>The family with a key.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public static PolicyFamily Get(string key) => All.FirstOrDefault(family => family.Key == key)
        ?? throw new ArgumentException($"There is no policy '{key}'. There are: {string.Join(", ", All.Select(family => family.Key))}.", nameof(key));

    private static TrainedFamily Pomdp(TraceTable table)
    {
        CascadeModel model = CascadeModel.Fit(table);
        return new TrainedFamily(model.Curve!, model.Solve);
    }

    private static TrainedFamily Threshold(TraceTable table)
    {
        static IReadOnlyList<ICascadePolicy> Fit(TraceTable rows, IReadOnlyList<CascadeObjective> objectives) =>
            [.. objectives.Select(objective => ThresholdPolicy.Fit(rows, objective))];

        IReadOnlyList<OperatingPoint> points = CrossValidation.HeldOut(table, CrossValidation.Objectives(table), Fit);
        return new TrainedFamily(new CascadeCurve(points, CrossValidation.Singles(table)), objectives => Fit(table, objectives));
    }
}
