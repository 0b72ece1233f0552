namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>
/// What other systems' own code reached on the same sets (automix-llm 1.0.3; rational tuning of cascades; cascade-routing): cost
/// at 99 % of the best model's accuracy on the hull with single models on test, the same on the training hull, and the
/// point whose training accuracy reached 99 %: share of the best accuracy, cost. Ours: the key of the same method here.
/// </summary>
internal static class Peers
{
    public static readonly (string Set, string System, string Ours, double? Mixed, double? Walked, double? Accuracy, double? Cost)[] Figures =
    [
        ("triviaqa.llama", "AutoMix Threshold", "threshold", .677, .677, 1.000, 1.107),
        ("triviaqa.llama", "AutoMix POMDP", "union", .677, .677, .982, 1.050),
        ("triviaqa.llama", "grid thresholds", "grid-thresholds", .578, .677, 1.001, .846),
        ("triviaqa.llama", "rational tuning", "rational-thresholds", .638, .677, .993, .967),
        ("triviaqa.llama", "cascade routing, best variant", "cascade-routing", .673, .673, .988, .633),
        ("triviaqa.qwen_oai", "AutoMix Threshold", "threshold", .570, null, .984, .330),
        ("triviaqa.qwen_oai", "AutoMix POMDP", "union", .615, null, .982, .319),
        ("triviaqa.qwen_oai", "grid thresholds", "grid-thresholds", .570, null, .955, .231),
        ("triviaqa.qwen_oai", "rational tuning", "rational-thresholds", .671, null, .959, .241),
        ("triviaqa.qwen_oai", "cascade routing, best variant", "cascade-routing", .635, .861, .973, .679),
        ("mmlu.llama", "AutoMix Threshold", "threshold", .557, null, .988, .491),
        ("mmlu.llama", "AutoMix POMDP", "union", .529, null, .987, .454),
        ("mmlu.llama", "grid thresholds", "grid-thresholds", .567, .570, .985, .434),
        ("mmlu.llama", "rational tuning", "rational-thresholds", .593, .625, .980, .494),
        ("mmlu.llama", "cascade routing, best variant", "cascade-routing", .775, .874, .981, .640),
        ("mmlu.qwen_oai", "AutoMix Threshold", "threshold", .662, null, .981, .366),
        ("mmlu.qwen_oai", "AutoMix POMDP", "union", .584, null, .985, .383),
        ("mmlu.qwen_oai", "grid thresholds", "grid-thresholds", .634, null, .980, .256),
        ("mmlu.qwen_oai", "rational tuning", "rational-thresholds", .656, null, .976, .254),
        ("mmlu.qwen_oai", "cascade routing, best variant", "cascade-routing", .637, null, .980, .263),
    ];
}
