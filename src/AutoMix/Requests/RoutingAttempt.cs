using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One call to a model on behalf of one request: its answer or failure, and what has been learned about it.</summary>
public sealed class RoutingAttempt
{
    private List<VerdictRecord>? _verdicts;
    private string? _text;
    private ulong _answerKey;
    private double _confidence = double.NaN;

    internal RoutingAttempt(int index, int model, string modelName, bool isFinal)
    {
        Index = index;
        Model = model;
        ModelName = modelName;
        IsFinal = isFinal;
    }

    /// <summary>Its place among the attempts of the request, from 0.</summary>
    public int Index { get; }

    /// <summary>The index of the model.</summary>
    public int Model { get; }

    /// <summary>The name of the model.</summary>
    public string ModelName { get; }

    /// <summary>Whether the policy had promised to accept the answer.</summary>
    public bool IsFinal { get; }

    /// <summary>What became of it.</summary>
    public AttemptStatus Status { get; internal set; }

    /// <summary>The answer; null where there is none. Not to be changed.</summary>
    public ChatResponse? Response { get; internal set; }

    /// <summary>The text of the answer; empty where there is none.</summary>
    public string Text => _text ??= Response?.Text ?? "";

    /// <summary>What kind of answer it is.</summary>
    public AnswerKind Kind { get; internal set; }

    /// <summary>Why the answer is rejected or unusable; null otherwise.</summary>
    public string? Rejection { get; internal set; }

    /// <summary>Why the call failed; null where it did not.</summary>
    public FailureKind? Failure { get; internal set; }

    /// <summary>The exception of a failed call.</summary>
    public Exception? Error { get; internal set; }

    /// <summary>
    /// What is known of the answer's correctness, in [0, 1]: the last confidence of a paid verifier, else the lowest of the free
    /// ones; null where nothing is known.
    /// </summary>
    public double? Confidence => double.IsNaN(_confidence) ? null : _confidence;

    /// <summary>All verdicts about the answer, in order.</summary>
    public IReadOnlyList<VerdictRecord> Verdicts => _verdicts ?? (IReadOnlyList<VerdictRecord>)[];

    /// <summary>The earliest attempt that gave the same answer; null where none did.</summary>
    public RoutingAttempt? AgreesWith { get; internal set; }

    /// <summary>Whether a paid verification of this answer is possible and has not been done.</summary>
    public bool CanVerify { get; internal set; }

    /// <summary>Whether the answer can be returned.</summary>
    public bool IsUsable => Status == AttemptStatus.Answered;

    /// <summary>The tokens of the call itself; null where the provider reported none.</summary>
    public UsageDetails? Usage { get; internal set; }

    /// <summary>The bill of the call itself, without verification.</summary>
    public Spend Spend { get; internal set; }

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    public decimal Cost => Spend.Dollars;

    /// <summary>The dollars spent on verifying the answer.</summary>
    public decimal VerificationCost => _verdicts?.Sum(v => v.Cost) ?? 0;

    /// <summary>How long the call took.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>The answer's text as a key, made as offline; 0 for an empty answer.</summary>
    internal ulong AnswerKey => _answerKey != 0 ? _answerKey : _answerKey = string.IsNullOrWhiteSpace(Text) ? 0 : RequestKeys.FromText(AnswerText.Normalize(Text));

    internal List<ChatResponseUpdate>? Updates { get; set; }

    internal bool PaidVerdictSeen { get; private set; }

    /// <summary>Lets go of the texts, which are the caller's, once the request has been answered.</summary>
    internal void ForgetAnswer()
    {
        Response = null;
        Updates = null;
        _text = null;
    }

    internal void Add(VerdictRecord verdict)
    {
        (_verdicts ??= []).Add(verdict);
        PaidVerdictSeen |= !verdict.IsFree;
        if (verdict.Kind == VerdictKind.Confidence && verdict.Confidence is { } confidence)
        {
            _confidence = verdict.IsFree && !PaidVerdictSeen ? Math.Min(Confidence ?? 1, confidence)
                : verdict.IsFree ? _confidence
                : confidence;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ModelName}: {Status}{(Rejection ?? Error?.Message) switch { { } why => $" ({why})", _ => "" }}";
}
