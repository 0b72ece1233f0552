using AutoMix.Tool.Collect.Grading;

namespace AutoMix.Tool.Collect;

/// <summary>What a collection is made of.</summary>
internal sealed record CollectionParts
{
    public required IReadOnlyList<Question> Questions { get; init; }

    /// <summary>The models, cheapest first.</summary>
    public required IReadOnlyList<ModelUnderCollection> Models { get; init; }

    public required PaidCalls Calls { get; init; }

    /// <summary>Null for no verification.</summary>
    public required IVerifier? Verifier { get; init; }

    /// <summary>Whether answers are asked for with the probabilities of their tokens.</summary>
    public required bool AsksLogProbabilities { get; init; }

    public required GradeKind Grade { get; init; }

    /// <summary>Who grades, where no rule does.</summary>
    public required GradingModel? Judge { get; init; }

    public required CollectProgress Progress { get; init; }
}
