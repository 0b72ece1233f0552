namespace AutoMix;

// Agreement: the question is asked again.
public static partial class Verifiers
{
    /// <summary>
    /// Creates a verifier by self-consistency (Wang et al., 2023): the model that answered is asked again, and the confidence is the share of further
    /// answers that mean the same. No tool is offered in these calls.
    /// </summary>
    /// <param name="samples">The number of further answers.</param>
    /// <param name="configure">Changes further settings.</param>
    public static IVerifier SelfConsistency(int samples = 5, Action<ConsistencyOptions>? configure = null)
    {
        var options = new ConsistencyOptions { Samples = samples };
        configure?.Invoke(options);
        return new ConsistencyVerifier(options.Score == ConsistencyScore.SemanticEntropy ? "semantic-entropy" : "self-consistency", null, options);
    }

    /// <summary>
    /// Creates a verifier by semantic entropy (Kuhn, Gal and Farquhar, 2023): the model that answered is asked again, all answers are grouped by meaning,
    /// and the confidence is one minus the relative entropy of the groups.
    /// </summary>
    /// <param name="samples">The number of further answers.</param>
    /// <param name="configure">Changes further settings.</param>
    public static IVerifier SemanticEntropy(int samples = 5, Action<ConsistencyOptions>? configure = null) =>
        SelfConsistency(samples, options =>
        {
            options.Score = ConsistencyScore.SemanticEntropy;
            configure?.Invoke(options);
        });

    /// <summary>Creates a verifier by agreement between models: another model answers too, and the confidence is the share of its answers that mean the same.</summary>
    /// <param name="model">The name of the other model.</param>
    /// <param name="configure">Changes further settings.</param>
    public static IVerifier AgreementWith(string model, Action<ConsistencyOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        var options = new ConsistencyOptions { Samples = 1, Temperature = null };
        configure?.Invoke(options);
        return new ConsistencyVerifier($"agreement-with-{model}", model, options);
    }
}
