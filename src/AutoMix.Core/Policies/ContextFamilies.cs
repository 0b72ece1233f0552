namespace AutoMix.Policies;

/// <summary>The families that look at the query itself, and those that learn from feedback.</summary>
internal static class ContextFamilies
{
    private const PolicyNeeds Needs = PolicyNeeds.Labels | PolicyNeeds.Prices;

    public static IReadOnlyList<PolicyFamily> All { get; } =
    [
        new("linucb", "A contextual-bandit approach to personalized recommendation (Li et al., 2010), over models", table => LinearBanditPolicy.Train(table, "linucb", Exploration.UpperBound), Needs | PolicyNeeds.Embeddings),
        new("thompson", "Thompson sampling for contextual bandits with linear payoffs (Agrawal and Goyal, 2013), over models", table => LinearBanditPolicy.Train(table, "thompson", Exploration.Sampling), Needs | PolicyNeeds.Embeddings),
        new("pickllm", "PickLLM: context-aware RL-assisted LLM routing (Sikeridis, Ramdass and Pareek, 2024)", PickLlmPolicy.Train, Needs),
        new("c2mabv", "Cost-effective online multi-LLM selection with versatile reward models (Dai et al., 2024)", table => FamilyTraining.BestOf(table, CombinatorialBanditPolicy.Enumerate), Needs),
        new("leaderboard", "Prompt-to-leaderboard (Frick et al., 2025), Bradley-Terry strengths from embeddings", LeaderboardPolicy.Train, Needs | PolicyNeeds.Embeddings),
        new("expert-router", "Performance characterization of Expert Router (Pichlmeier, Ross and Luckow, 2024)", ExpertRouterPolicy.Train, Needs | PolicyNeeds.Embeddings),
        new("edge-cloud", "Edge or cloud: cost, latency and quality of LLMs over 5G (Kim et al., 2025)", EdgeCloudPolicy.Train, Needs | PolicyNeeds.Latencies),
        new("pomdp-kde", "AutoMix (Aggarwal, Madaan et al., 2023), its POMDP for N models with kernel density observations", KdePomdp.Train, Needs | PolicyNeeds.Confidences),
    ];
}
