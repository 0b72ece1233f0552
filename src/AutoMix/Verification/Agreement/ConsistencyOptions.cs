namespace AutoMix;

/// <summary>The settings of <see cref="Verifiers.SelfConsistency"/> and <see cref="Verifiers.AgreementWith"/>.</summary>
public sealed class ConsistencyOptions
{
    /// <summary>The number of further answers. Default: 5; 1 for agreement with another model.</summary>
    public int Samples { get; set; } = 5;

    /// <summary>Answers asked for at once. Default: null, a quarter of <see cref="Samples"/>, rounded up.</summary>
    public int? BatchSize { get; set; }

    /// <summary>
    /// The probability of a different decision that is accepted when answers are saved; 0 saves only answers that cannot change
    /// it. Default: null, which is 0 if the policy is calibrated and 0.02 if it is not. Semantic entropy always takes all answers.
    /// </summary>
    public double? StopRisk { get; set; }

    /// <summary>When two answers mean the same. Default: the same text but for case, white space and punctuation.</summary>
    public IAnswerEquivalence Equivalence { get; set; } = AnswerEquivalence.Normalized;

    /// <summary>How further answers become a confidence. Default: the share of those that mean the same.</summary>
    public ConsistencyScore Score { get; set; }

    /// <summary>The sampling temperature; null to leave it to the request. Default: 1, or null for agreement with another model.</summary>
    public float? Temperature { get; set; } = 1f;

    /// <summary>The seed of the first answer; each further one adds 1. Null sends no seed. Default: null.</summary>
    public long? Seed { get; set; }
}
