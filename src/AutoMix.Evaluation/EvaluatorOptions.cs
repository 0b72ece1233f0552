using Microsoft.Extensions.AI.Evaluation;

namespace AutoMix;

/// <summary>How an evaluator's result becomes a verdict.</summary>
public sealed class EvaluatorOptions
{
    /// <summary>The metric to read; null for the evaluator's first one. Default: null.</summary>
    public string? Metric { get; set; }

    /// <summary>The value of a numeric metric that means a confidence of 0. Default: 1, as of the library's own evaluators.</summary>
    public double Worst { get; set; } = 1;

    /// <summary>The value of a numeric metric that means a confidence of 1. Default: 5, as of the library's own evaluators.</summary>
    public double Best { get; set; } = 5;

    /// <summary>Whether the evaluator makes no call of a model, so that it runs on every answer. Default: false.</summary>
    public bool IsFree { get; set; }

    /// <summary>The name of the model that the evaluator asks; the author of the answer where null. Default: null.</summary>
    public string? Model { get; set; }

    /// <summary>What else the evaluator is given, such as a ground truth or grounding text; null for nothing.</summary>
    public Func<VerificationContext, IEnumerable<EvaluationContext>>? AdditionalContext { get; set; }
}
