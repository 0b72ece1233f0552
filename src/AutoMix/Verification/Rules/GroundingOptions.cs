namespace AutoMix;

/// <summary>The settings of <see cref="Verifiers.Grounding"/>.</summary>
public sealed class GroundingOptions
{
    /// <summary>Words per compared piece. Default: 2.</summary>
    public int Words { get; set; } = 2;

    /// <summary>The share of the answer's pieces that must be in the context, in [0, 1]. Default: 0.3.</summary>
    public double RejectBelow { get; set; } = 0.3;

    /// <summary>Whether each quotation of three words or more must be in the context word for word. Default: true.</summary>
    public bool CheckQuotations { get; set; } = true;

    /// <summary>Report the share as a confidence, as a signal for a composite, instead of only letting the answer pass. Default: false.</summary>
    public bool AsConfidence { get; set; }

    /// <summary>The context; null for all messages of the request: instructions, documents, tool results and question.</summary>
    public Func<VerificationContext, string>? Context { get; set; }
}
