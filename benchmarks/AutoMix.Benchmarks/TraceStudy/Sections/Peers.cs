namespace AutoMix.Benchmarks.TraceStudy.Sections;

/// <summary>
/// What other systems' own code reached on the same sets (automix-llm 1.0.3; rational tuning of cascades; cascade-routing): cost
/// at 99 % of the best model's accuracy on the hull with single models on test, the same on the training hull, and the
/// point whose training accuracy reached 99 %: share of the best accuracy, cost.
/// </summary>
internal static class Peers
{
    public static readonly (string Set, string System, double? Mixed, double? Walked, double? Accuracy, double? Cost)[] Figures =
    [
        ("triviaqa.llama", "AutoMix Threshold", .677, .677, 1.000, 1.107),
        ("triviaqa.llama", "AutoMix POMDP", .677, .677, .982, 1.050),
        ("triviaqa.llama", "grid thresholds", .578, .677, 1.001, .846),
        ("triviaqa.llama", "rational tuning", .638, .677, .993, .967),
        ("triviaqa.llama", "cascade routing, best variant", .673, .673, .988, .633),
        ("triviaqa.qwen_oai", "AutoMix Threshold", .570, null, .984, .330),
        ("triviaqa.qwen_oai", "AutoMix POMDP", .615, null, .982, .319),
        ("triviaqa.qwen_oai", "grid thresholds", .570, null, .955, .231),
        ("triviaqa.qwen_oai", "rational tuning", .671, null, .959, .241),
        ("triviaqa.qwen_oai", "cascade routing, best variant", .635, .861, .973, .679),
        ("mmlu.llama", "AutoMix Threshold", .557, null, .988, .491),
        ("mmlu.llama", "AutoMix POMDP", .529, null, .987, .454),
        ("mmlu.llama", "grid thresholds", .567, .570, .985, .434),
        ("mmlu.llama", "rational tuning", .593, .625, .980, .494),
        ("mmlu.llama", "cascade routing, best variant", .775, .874, .981, .640),
        ("mmlu.qwen_oai", "AutoMix Threshold", .662, null, .981, .366),
        ("mmlu.qwen_oai", "AutoMix POMDP", .584, null, .985, .383),
        ("mmlu.qwen_oai", "grid thresholds", .634, null, .980, .256),
        ("mmlu.qwen_oai", "rational tuning", .656, null, .976, .254),
        ("mmlu.qwen_oai", "cascade routing, best variant", .637, null, .980, .263),
    ];
}
