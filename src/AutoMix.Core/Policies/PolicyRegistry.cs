namespace AutoMix.Policies;

/// <summary>Every policy that can be trained on traces, by key.</summary>
public static class PolicyRegistry
{
    /// <summary>All families, in the order of reports.</summary>
    public static IReadOnlyList<PolicyFamily> All { get; } =
    [
        new("default", "This library: plans, thresholds, single models and mixtures of neighbours, selected by cross-validation", DefaultFamily.Train),
        new("pomdp", "AutoMix (Aggarwal, Madaan et al., 2023), solved exactly with verification as an action", Pomdp),
        new("threshold", "AutoMix Threshold (Aggarwal, Madaan et al., 2023), one threshold per model", table => FamilyTraining.PerObjective(table, ThresholdPolicy.FitAll)),
        .. PairFamilies.All,
        .. ChainFamilies.All,
        .. SupermodelFamilies.All,
        .. ContextFamilies.All,
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
}
