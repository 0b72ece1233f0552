namespace AutoMix;

/// <summary>The settings of <see cref="Verifiers.SelfVerification"/>.</summary>
public sealed class SelfVerificationOptions
{
    /// <summary>The number of votes. Default: 8.</summary>
    public int Samples { get; set; } = 8;

    /// <summary>
    /// Votes asked for at once: more is faster, fewer saves more. Between batches the rest is saved if it is not expected to
    /// change what the policy decides (<see cref="VerificationContext.ConfidenceEdges"/>); a policy that does not say what would
    /// gets all votes. Default: null, a quarter of <see cref="Samples"/>, rounded up.
    /// </summary>
    public int? BatchSize { get; set; }

    /// <summary>
    /// The probability of a different decision that is accepted when votes are saved; 0 saves only votes that cannot change it.
    /// Default: null, which is 0 if the policy is calibrated, so that it decides as it was evaluated, and 0.02 if it is not.
    /// </summary>
    public double? StopRisk { get; set; }

    /// <summary>The template of the prompt for the verifying model. Default: the general template, in English.</summary>
    public VerificationTemplate Template { get; set; } = VerificationTemplate.For(VerificationTask.General);

    /// <summary>Chooses a template per request, as by kind of task or language; null for <see cref="Template"/> always.</summary>
    public Func<VerificationContext, VerificationTemplate>? TemplateFor { get; set; }

    /// <summary>The sampling temperature; null to leave it to the model. Default: 1.</summary>
    public float? Temperature { get; set; } = 1f;

    /// <summary>The seed of the first vote; each further one adds 1. Null sends no seed. Default: 0.</summary>
    public long? Seed { get; set; } = 0;

    /// <summary>Whether to send the stop sequence that ends a vote; some models refuse one. Default: true.</summary>
    public bool UseStopSequence { get; set; } = true;

    /// <summary>The output tokens of one vote. Default: 200.</summary>
    public int MaxOutputTokens { get; set; } = 200;

    /// <summary>The name of the model that votes; null for the one that answered. Default: null.</summary>
    public string? Model { get; set; }

    /// <summary>Of the conversation before the question, the last so many characters are shown. Default: 12,000.</summary>
    public int MaxContextCharacters { get; set; } = 12_000;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize ?? 1, 1, nameof(BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOutputTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxContextCharacters);
        ArgumentNullException.ThrowIfNull(Template);
        Template.Check();
        if (StopRisk is { } risk && !(risk >= 0 && risk < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(StopRisk), StopRisk, "The risk is a number in [0, 1).");
        }
    }
}
