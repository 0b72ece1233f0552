namespace AutoMix;

/// <summary>The verdict of a verifier about one answer: a confidence, unknown, a rejection, or that a rule holds.</summary>
/// <remarks>Unknown is not 0: nothing was learned. The default value is unknown.</remarks>
public readonly record struct Verdict
{
    private readonly double _confidence;
    private readonly VerdictKind _kind;

    private Verdict(VerdictKind kind, double confidence, string? reason)
    {
        _kind = kind;
        _confidence = confidence;
        Reason = reason;
    }

    /// <summary>The kind of the verdict.</summary>
    public VerdictKind Kind => _kind;

    /// <summary>The confidence in [0, 1] that the answer is acceptable; 0 for a rejection, null if unknown or if a rule merely holds.</summary>
    public double? Confidence => _kind is VerdictKind.Unknown or VerdictKind.Passed ? null : _confidence;

    /// <summary>The reason of an unknown verdict or a rejection, or a note.</summary>
    public string? Reason { get; }

    /// <summary>Creates an unknown verdict: nothing was learned about the answer.</summary>
    /// <param name="reason">Why.</param>
    public static Verdict Unknown(string reason) => new(VerdictKind.Unknown, 0, reason);

    /// <summary>Creates a rejection: the answer breaks a rule and is not accepted while any alternative is left.</summary>
    /// <param name="reason">Which rule.</param>
    public static Verdict Reject(string reason) => new(VerdictKind.Rejected, 0, reason);

    /// <summary>Creates a pass: a rule holds. This is no evidence that the answer is acceptable.</summary>
    /// <param name="reason">An optional note.</param>
    public static Verdict Pass(string? reason = null) => new(VerdictKind.Passed, 0, reason);

    /// <summary>Creates a confidence that the answer is acceptable.</summary>
    /// <param name="confidence">In [0, 1].</param>
    /// <param name="reason">An optional note.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="confidence"/> is NaN or outside [0, 1].</exception>
    public static Verdict OfConfidence(double confidence, string? reason = null)
    {
        if (!(confidence >= 0 && confidence <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(confidence),
                confidence,
                "A confidence is a number in [0, 1]. Return Verdict.Unknown(reason) where nothing is known.");
        }

        return new(VerdictKind.Confidence, confidence, reason);
    }

    /// <summary>Converts a number to a confidence. NaN or a number outside [0, 1] becomes an unknown verdict that names the number.</summary>
    /// <param name="confidence">In [0, 1].</param>
    public static implicit operator Verdict(double confidence) => confidence is >= 0 and <= 1
        ? OfConfidence(confidence)
        : Unknown(FormattableString.Invariant($"the confidence {confidence} is not in [0, 1]"));

    /// <summary>Converts a number to a confidence, for languages without conversions.</summary>
    /// <param name="confidence">In [0, 1].</param>
    public static Verdict FromDouble(double confidence) => confidence;

    /// <inheritdoc/>
    public override string ToString() => _kind switch
    {
        VerdictKind.Confidence => _confidence.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture),
        VerdictKind.Rejected => $"rejected: {Reason}",
        VerdictKind.Passed => "passed",
        _ => $"unknown: {Reason}",
    };
}
