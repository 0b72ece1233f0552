namespace AutoMix.Policies;

/// <summary>Every policy that can be trained on traces, by key.</summary>
public static class PolicyRegistry
{
    private const PolicyNeeds Graded = PolicyNeeds.Labels | PolicyNeeds.Prices;
    private const PolicyNeeds Verified = Graded | PolicyNeeds.Confidences;
    private const PolicyNeeds Embedded = Graded | PolicyNeeds.Embeddings;

    /// <summary>All families, in the order of reports.</summary>
    public static IReadOnlyList<PolicyFamily> All { get; } =
    [
        new("default", "This library: plans, thresholds, single models and mixtures of neighbours, selected by cross-validation", DefaultFamily.Train),
        new("pomdp", "AutoMix (Aggarwal, Madaan et al., 2023), solved exactly with verification as an action", Pomdp),
        new("threshold", "AutoMix Threshold (Aggarwal, Madaan et al., 2023), one threshold per model", table => TrainedFamily.PerObjective(table, ThresholdPolicy.FitAll)),

        Pair("pomdp-simple", "one-step POMDP over needy, good and hopeless", PairMethods.PomdpSimple),
        Pair("greedy-pomdp", "bins by smoothed gain", PairMethods.GreedyPomdp),
        Pair("double-threshold", "escalate between two thresholds", PairMethods.DoubleThreshold),
        Pair("triple-threshold", "escalate in two ranges", PairMethods.TripleThreshold),
        Pair("self-consistency", "majority of verifications", PairMethods.SelfConsistency, PairMethods.Majority),
        Pair("union", "the best of its methods on the training traces", PairMethods.Union),
        Pair("fixed-answer", "threshold, and a list of answers that always escalate", PairMethods.Threshold, needs: PolicyNeeds.Answers),

        new("always", "Baseline: always the one model that serves the objective best", table => TrainedFamily.BestOf(table, rows => ThresholdPolicy.Singles(rows, "always"))),
        new("grid-thresholds", "Baseline: every threshold of a grid, for every chain of models", table => TrainedFamily.BestOf(table, GridThresholds.Enumerate), Verified),
        new("rational-thresholds", "Rational tuning of LLM cascades (Zellinger and Thomson, 2025)", RationalTuning.TrainThresholds, Verified),
        new("early-abstention", "Cost-saving LLM cascades with early abstention (Zellinger, Liu and Thomson, 2025)", RationalTuning.TrainEarlyAbstention, Verified),
        new("controlled-risk", "Efficiently deploying LLMs with controlled risk (Zellinger and Thomson, 2024)", ControlledRisk.Train, Verified),
        new("margin", "Optimising calls to LLMs with uncertainty-based two-tier selection (Ramirez, Birch and Titov, 2024)", table => TrainedFamily.BestOf(table, MarginPolicy.Enumerate), Verified),
        new("ensemble", "Harnessing multiple LLMs: a survey on LLM ensemble (Chen et al., 2025), ensemble after inference", table => TrainedFamily.BestOf(table, EnsemblePolicy.Enumerate), Verified | PolicyNeeds.Agreement),

        Supermodel("cascade-routing", "", SupermodelScope.Any, Verified),
        Supermodel("cascading", ", restricted to a fixed order", SupermodelScope.Prefix, Verified),
        Supermodel("routing", ", restricted to one model", SupermodelScope.Single, Graded),

        new("linucb", "A contextual-bandit approach to personalized recommendation (Li et al., 2010), over models", table => LinearBanditPolicy.Train(table, "linucb", Exploration.UpperBound), Embedded),
        new("thompson", "Thompson sampling for contextual bandits with linear payoffs (Agrawal and Goyal, 2013), over models", table => LinearBanditPolicy.Train(table, "thompson", Exploration.Sampling), Embedded),
        new("pickllm", "PickLLM: context-aware RL-assisted LLM routing (Sikeridis, Ramdass and Pareek, 2024)", table => TrainedFamily.PerObjective(table, PickLlmPolicy.Fit), Graded),
        new("c2mabv", "Cost-effective online multi-LLM selection with versatile reward models (Dai et al., 2024)", table => TrainedFamily.BestOf(table, CombinatorialBanditPolicy.Enumerate), Graded),
        new("leaderboard", "Prompt-to-leaderboard (Frick et al., 2025), Bradley-Terry strengths from embeddings", table => TrainedFamily.PerObjective(table, LeaderboardPolicy.Fit), Embedded),
        new("expert-router", "Performance characterization of Expert Router (Pichlmeier, Ross and Luckow, 2024)", ExpertRouterPolicy.Train, Embedded),
        new("edge-cloud", "Edge or cloud: cost, latency and quality of LLMs over 5G (Kim et al., 2025)", table => TrainedFamily.PerObjective(table, EdgeCloudPolicy.Fit), Graded | PolicyNeeds.Latencies),
        new("pomdp-kde", "AutoMix (Aggarwal, Madaan et al., 2023), its POMDP for N models with kernel density observations", KdePomdp.Train, Verified),
    ];

    /// <summary>Yardsticks of reports that cannot be run.</summary>
    public static IReadOnlyList<EvaluationBaseline> EvaluationOnly { get; } =
    [
        new("random-mix", "Coins between single models, weighted for each goal", "its weights are read off the results that it is compared with; train 'default', which mixes policies by a coin that was chosen on training traces"),
        new("oracle", "The cheapest model that answers best", "it looks at the right answers; train 'default' instead"),
    ];

    /// <summary>Gets the family with a key.</summary>
    /// <exception cref="ArgumentException">No family has the key, or it exists in evaluation only; the message says why, or lists the keys.</exception>
    public static PolicyFamily Get(string key) => All.FirstOrDefault(family => family.Key == key)
        ?? throw new ArgumentException(
            WhyNotRun(key) ?? $"There is no policy '{key}'. There are: {string.Join(", ", All.Select(family => family.Key))}.", nameof(key));

    /// <summary>Explains to a caller who asks to run an evaluation baseline why that is impossible; null for every other key.</summary>
    internal static string? WhyNotRun(string? key) => EvaluationOnly.FirstOrDefault(baseline => baseline.Key == key) is { } found
        ? $"'{key}' exists in evaluation only and cannot be run: {found.WhyNotRun}."
        : null;

    private static TrainedFamily Pomdp(TraceTable table)
    {
        CascadeModel model = CascadeTrainer.Fit(table);
        return new TrainedFamily(model.Curve!, model.Solve);
    }

    private static PolicyFamily Pair(string key, string rule, Func<PairBins, IEnumerable<bool[]>> method, double[]? edges = null, PolicyNeeds needs = PolicyNeeds.None) => new(
        key,
        $"AutoMix (Aggarwal, Madaan et al., 2023), reference code: {rule}",
        table => TrainedFamily.BestOf(table, rows => PairMethods.Enumerate(rows, key, method, edges, listAnswers: needs.HasFlag(PolicyNeeds.Answers))),
        Verified | needs);

    private static PolicyFamily Supermodel(string key, string restriction, SupermodelScope scope, PolicyNeeds needs) => new(
        key, $"A unified approach to routing and cascading for LLMs (Dekoninck, Baader and Vechev, 2024){restriction}", table => SupermodelTraining.Train(table, key, scope), needs);
}
