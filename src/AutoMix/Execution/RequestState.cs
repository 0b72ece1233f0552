using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The state of one request, which the executor writes and a policy reads as a <see cref="RoutingView"/>.</summary>
internal sealed class RequestState : RoutingView
{
    internal const string Sticky = "the tool loop stays with the model that made the call";
    private readonly Pipeline _pipeline;
    private readonly long _started;
    private readonly string?[] _unavailable;
    private decimal _reserved;

    public RequestState(ChatMessage[] messages, ChatOptions? options, Pipeline pipeline)
        : base(messages, options, pipeline.Profiles, pipeline.Services)
    {
        _pipeline = pipeline;
        _started = pipeline.Time.GetTimestamp();
        _unavailable = new string?[Profiles.Length];
        Now = _started;
    }

    public override decimal Cost => Spend.Dollars;

    public override decimal? RemainingCost => _pipeline.CostCap is { } cap ? cap - CostWith(0) : null;

    public override TimeSpan? RemainingTime => _pipeline.Options.Deadline is { } deadline ? (Now == _started ? deadline : deadline - Elapsed) : null;

    /// <summary>The bill of all calls so far.</summary>
    public Spend Spend { get; private set; }

    /// <summary>The clock as it was last read.</summary>
    public long Now { get; private set; }

    public TimeSpan Elapsed => _pipeline.Time.GetElapsedTime(_started, Now);

    public bool IsPastDeadline => Now - _started >= _pipeline.DeadlineTicks;

    /// <summary>The policy's last decision.</summary>
    public RoutingDecision Decision { get; set; }

    /// <summary>The first limit that was reached; null if none was.</summary>
    public LimitKind? Limit { get; private set; }

    /// <summary>Whether a limit has closed models to the policy.</summary>
    public bool HasClosedModels { get; private set; }

    /// <summary>The tokens and the time that embedding the question took; null if it was not embedded.</summary>
    public EmbeddingRecord? Embedding { get; private set; }

    /// <summary>Notes that a call or a verification has used up the rest of the time. Timers and clocks differ by some milliseconds.</summary>
    public void PassDeadline() => Now = Math.Max(Now, _started + _pipeline.DeadlineTicks);

    /// <summary>Reads the clock. This is done only after time may have passed, because reading is slow on some machines.</summary>
    public void Tick() => Now = Math.Max(Now, _pipeline.Time.GetTimestamp());

    public void Pin(int model) => Pinned = model;

    public void SetEmbedding(ReadOnlyMemory<float> embedding, EmbeddingRecord? record) => (QueryEmbedding, Embedding) = (embedding, record);

    public void Add(RoutingAttempt attempt) => AttemptList.Add(attempt);

    public override string? WhyUnavailable(int model) =>
        (uint)model < (uint)Profiles.Length ? _unavailable[model] : throw new ArgumentOutOfRangeException(nameof(model), model, $"There are {Profiles.Length} models.");

    internal override string? WhyImpossible(in RoutingDecision decision) => decision.Kind switch
    {
        CascadeActionKind.Call when (uint)decision.Model >= (uint)Profiles.Length => $"the policy called model {decision.Model} of {Profiles.Length}",
        CascadeActionKind.Call when WhyUnavailable(decision.Model) is { } why => $"the policy called '{Profiles[decision.Model].Name}', which is not available: {why}",
        CascadeActionKind.Accept or CascadeActionKind.Verify when decision.Attempt is { } attempt && !IsOwn(attempt) =>
            "the policy named an attempt of another request: it keeps what belongs to one request only",
        CascadeActionKind.Verify when decision.Attempt is null or { CanVerify: false } => _pipeline.PaidVerifiers.Length == 0
            ? "the policy asked for a verification, but the pipeline has no paid verifier: add one, such as VerifyWith(Verifiers.SelfVerification())"
            : "the policy asked for a verification that is not possible",
        CascadeActionKind.Accept when decision.Attempt is null or not { Status: AttemptStatus.Answered or AttemptStatus.Rejected } => "the policy accepted an attempt without an answer that can be returned",
        CascadeActionKind.Call or CascadeActionKind.Verify or CascadeActionKind.Accept or CascadeActionKind.Abstain => null,
        _ => "the policy returned default, which is no decision",
    };

    internal override bool HasRoomFor(int? model)
    {
        int largest = Profiles.Length - 1;
        if (model == largest || AnswerOf(largest) is not null || !CanCall(largest))
        {
            return true;
        }

        decimal together = (model is { } other ? UpperCostOf(other) : 0) + UpperCostOf(largest);
        return (model is null || AttemptList.Count + 2 <= _pipeline.Options.MaxAttempts)
            && (_pipeline.CostCap is not { } cap || CostWith(together) <= cap)
            && (_pipeline.Options.Deadline is not { } deadline || 2 * Elapsed <= deadline);
    }

    /// <summary>Adds an estimate to the dollars that are spent and reserved.</summary>
    public decimal CostWith(decimal estimate) => Cost + _reserved + estimate;

    /// <summary>Reserves dollars for a call that is about to run.</summary>
    public void Reserve(decimal estimate) => _reserved += estimate;

    /// <summary>Books the bill of a call in place of its reservation.</summary>
    public void Settle(decimal estimate, Spend spend)
    {
        _reserved -= estimate;
        Spend += spend;
    }

    /// <summary>Notes that a limit was reached.</summary>
    public void Reach(LimitKind limit) => Limit ??= limit;

    /// <summary>Closes a model because of a limit. A limit that is reached by a call for learning costs the request nothing of its answer.</summary>
    public void Close(int model, LimitKind limit, string reason)
    {
        if (!Decision.IsForLearning)
        {
            Reach(limit);
            HasClosedModels = true;
        }

        ExcludeForGood(model, reason);
    }

    /// <summary>Excludes a model. That a tool loop stays with another model is the weakest reason: any other replaces it.</summary>
    public void Exclude(int model, string reason)
    {
        ref string? why = ref _unavailable[model];
        if (why is null || ReferenceEquals(why, Sticky))
        {
            why = reason;
        }
    }

    /// <summary>Excludes a model that cannot answer any more. A tool loop that stayed with it is open to the other models again.</summary>
    public void ExcludeForGood(int model, string reason)
    {
        Exclude(model, reason);
        if (model == Pinned)
        {
            ReleaseStickiness();
        }
    }

    public void ReleaseStickiness()
    {
        for (int i = 0; i < _unavailable.Length; i++)
        {
            if (ReferenceEquals(_unavailable[i], Sticky))
            {
                _unavailable[i] = null;
            }
        }
    }

    public void Readmit(int model) => _unavailable[model] = null;

    private decimal UpperCostOf(int model)
    {
        ModelProfile profile = Profiles[model];
        return profile.Price is not { } price ? 0
            : price.CostOf(TokenEstimate.OfRequest(MessageArray, Options, profile.CountTokens), profile.MostOutputTokens(Options));
    }

    private bool IsOwn(RoutingAttempt attempt) => attempt.Index < AttemptList.Count && ReferenceEquals(AttemptList[attempt.Index], attempt);
}
