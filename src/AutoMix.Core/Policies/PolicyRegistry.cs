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

    /// <summary>What reports compare policies with, but nobody can run.</summary>
    public static IReadOnlyList<EvaluationBaseline> EvaluationOnly { get; } =
    [
        new("random-mix", "Coins between single models, weighted for each goal", "its weights are read off the results that it is compared with; train 'default', which mixes policies by a coin that was chosen on training traces"),
        new("oracle", "The cheapest model that answers best", "it looks at the right answers; train 'default' instead"),
    ];

    /// <summary>The family with a key.</summary>
    /// <exception cref="ArgumentException">There is none, or it exists in evaluation only; the message says why, or lists those that exist.</exception>
    public static PolicyFamily Get(string key) => All.FirstOrDefault(family => family.Key == key)
        ?? throw new ArgumentException(
            WhyNotRun(key) ?? $"There is no policy '{key}'. There are: {string.Join(", ", All.Select(family => family.Key))}.", nameof(key));

    /// <summary>What to tell someone who asks to run an evaluation baseline; null for every other key.</summary>
    internal static string? WhyNotRun(string? key) => EvaluationOnly.FirstOrDefault(baseline => baseline.Key == key) is { } found
        ? $"'{key}' exists in evaluation only and cannot be run: {found.WhyNotRun}."
        : null;

    private static TrainedFamily Pomdp(TraceTable table)
    {
        CascadeModel model = CascadeModel.Fit(table);
        return new TrainedFamily(model.Curve!, model.Solve);
    }
}
