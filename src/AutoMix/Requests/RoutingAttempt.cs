using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>One call to a model on behalf of one request: its answer or failure, and the verdicts about it.</summary>
public sealed class RoutingAttempt
{
    private readonly List<VerdictRecord> _verdicts = [];
    private ulong _answerKey;

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

    /// <summary>The state of the call and of its answer.</summary>
    public AttemptStatus Status => Result.Status;

    /// <summary>The answer; null where there is none. Not to be changed.</summary>
    public ChatResponse? Response => Result.Response;

    /// <summary>The text of the answer; empty where there is none.</summary>
    public string Text => Response?.Text ?? "";

    /// <summary>The kind of the answer.</summary>
    public AnswerKind Kind => Result.Kind;

    /// <summary>The reason why the answer is rejected or unusable; null otherwise.</summary>
    public string? Rejection => Result.Rejection;

    /// <summary>The class of the failure; null if the call did not fail.</summary>
    public FailureKind? Failure => Result.Failure;

    /// <summary>The exception of a failed call.</summary>
    public Exception? Error => Result.Error;

    /// <summary>
    /// The confidence in the answer's correctness, in [0, 1]: the last confidence of a paid verifier, else the lowest of the free
    /// ones; null where nothing is known.
    /// </summary>
    public double? Confidence
    {
        get
        {
            double? known = null;
            bool isPaid = false;
            foreach (VerdictRecord verdict in _verdicts)
            {
                isPaid |= !verdict.IsFree;
                if (verdict is { Kind: VerdictKind.Confidence, Confidence: { } confidence })
                {
                    known = !verdict.IsFree ? confidence : isPaid ? known : Math.Min(known ?? 1, confidence);
                }
            }

            return known;
        }
    }

    /// <summary>All verdicts about the answer, in order.</summary>
    public IReadOnlyList<VerdictRecord> Verdicts => _verdicts;

    /// <summary>The earliest attempt that gave the same answer; null where none did.</summary>
    public RoutingAttempt? AgreesWith => Result.AgreesWith;

    /// <summary>Whether a paid verification of this answer is possible and has not been done.</summary>
    public bool CanVerify => Result.CanVerify;

    /// <summary>Whether the answer can be returned.</summary>
    public bool IsUsable => Status == AttemptStatus.Answered;

    /// <summary>The tokens of the call itself; null where the provider reported none.</summary>
    public UsageDetails? Usage => Result.Usage;

    /// <summary>The bill of the call itself, without verification.</summary>
    public Spend Spend => Result.Spend;

    /// <summary>The dollars of <see cref="Spend"/>.</summary>
    public decimal Cost => Spend.Dollars;

    /// <summary>The dollars spent on verifying the answer.</summary>
    public decimal VerificationCost => _verdicts.Sum(v => v.Cost);

    /// <summary>The duration of the call.</summary>
    public TimeSpan Duration => Result.Duration;

    /// <summary>The result of the call, which is replaced when the call ends and when a verifier rejects its answer.</summary>
    internal AttemptResult Result { get; set; } = AttemptResult.Running;

    /// <summary>The answer's text as a key, made as offline; 0 for an empty answer.</summary>
    internal ulong AnswerKey => _answerKey != 0 ? _answerKey : _answerKey = string.IsNullOrWhiteSpace(Text) ? 0 : RequestKeys.FromText(AnswerText.Normalize(Text));

    internal void Add(VerdictRecord verdict) => _verdicts.Add(verdict);

    /// <summary>Rejects the answer by a verifier's verdict. The first reason is kept.</summary>
    internal void Reject(string? reason) => Result = Result with { Status = AttemptStatus.Rejected, Rejection = Rejection ?? reason };

    /// <inheritdoc/>
    public override string ToString() => $"{ModelName}: {Status}{(Rejection ?? Error?.Message) switch { { } why => $" ({why})", _ => "" }}";
}
