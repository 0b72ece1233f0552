using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>What a policy sees of one request: the request, the attempts so far, what they cost and what is left.</summary>
/// <remarks>One object per request, not safe for concurrent use and not to be kept after the decision.</remarks>
public sealed class RoutingState
{
    internal const string Sticky = "the tool loop stays with the model that made the call";
    private bool _deadlinePassed;
    private readonly Pipeline _pipeline;
    private readonly long _started;
    private long _now;
    private decimal _reserved;
    private string?[]? _unavailable;
    private readonly List<RoutingAttempt> _attempts = new(1);
    private string? _question;
    private string? _requestId;

    internal RoutingState(ChatMessage[] messages, ChatOptions? options, Pipeline pipeline)
    {
        MessageArray = messages;
        Options = options;
        _pipeline = pipeline;
        _started = pipeline.Time.GetTimestamp();
        _now = _started;
    }

    /// <summary>The messages of the request. Not to be changed.</summary>
    public IReadOnlyList<ChatMessage> Messages => MessageArray;

    /// <summary>The caller's options. Not to be changed.</summary>
    public ChatOptions? Options { get; }

    /// <summary>The models, cheapest first, as they were added.</summary>
    public IReadOnlyList<ModelProfile> Models => _pipeline.Profiles;

    /// <summary>The services of the application, if any.</summary>
    public IServiceProvider? Services => _pipeline.Services;

    /// <summary>The calls made so far, failed ones included.</summary>
    public IReadOnlyList<RoutingAttempt> Attempts => _attempts;

    /// <summary>The dollars spent so far, verification included.</summary>
    public decimal Cost => Spend.Dollars;

    /// <summary>The dollars left under the request's cost cap; null where there is none.</summary>
    public decimal? RemainingCost => _pipeline.CostCap is { } cap ? cap - CostWith(0) : null;

    /// <summary>The time left until the request's deadline, as of the last decision or call; null where there is none.</summary>
    public TimeSpan? RemainingTime => _pipeline.Options.Deadline is { } deadline ? (_now == _started ? deadline : deadline - Elapsed) : null;

    /// <summary>Identifies the request wherever a policy tosses a seeded coin.</summary>
    public ulong RequestKey
    {
        get
        {
            if (Options?.AdditionalProperties is { } properties
                && properties.TryGetValue(RequestTags.RequestId, out object? value)
                && value?.ToString() is { Length: > 0 } id)
            {
                return RequestKeys.FromText(id);
            }

            return RequestKeys.FromText(Question);
        }
    }

    /// <summary>The text of the last user message; empty where there is none.</summary>
    public string Question => _question ??= Messages.LastOrDefault(m => m.Role == ChatRole.User)?.Text ?? "";

    /// <summary>
    /// The best answer so far: usable before rejected, then by confidence (unknown counts as one half), then the later model.
    /// Null where there is no answer at all.
    /// </summary>
    public RoutingAttempt? Best
    {
        get
        {
            RoutingAttempt? best = null;
            foreach (RoutingAttempt attempt in _attempts)
            {
                if (attempt.Status is AttemptStatus.Answered or AttemptStatus.Rejected && (best is null || Rank(attempt).CompareTo(Rank(best)) >= 0))
                {
                    best = attempt;
                }
            }

            return best;

            static (bool, double, int) Rank(RoutingAttempt a) => (a.Status == AttemptStatus.Answered, a.Confidence ?? 0.5, a.Model);
        }
    }

    /// <summary>The last call that was not stopped because another had answered; null before the first.</summary>
    internal RoutingAttempt? Last => _attempts.FindLast(a => a.Status != AttemptStatus.Cancelled);

    /// <summary>The bill of all calls so far.</summary>
    internal Spend Spend { get; private set; }

    internal ChatMessage[] MessageArray { get; }

    internal List<RoutingAttempt> AttemptList => _attempts;

    /// <summary>The clock as it was last read.</summary>
    internal long Now => _now;

    internal TimeSpan Elapsed => _pipeline.Time.GetElapsedTime(_started, _now);

    internal bool IsPastDeadline => _deadlinePassed || _now - _started >= _pipeline.DeadlineTicks;

    /// <summary>Something that was given the rest of the time has used it up. Timers and clocks differ by some milliseconds.</summary>
    internal void PassDeadline() => _deadlinePassed = true;

    /// <summary>Reads the clock. It is read where time may have passed, not wherever it is needed: on some machines that is dear.</summary>
    internal void Tick() => _now = _pipeline.Time.GetTimestamp();

    /// <summary>Whether it is decided which models can take the request.</summary>
    internal bool IsAdmitted { get; set; }

    internal CascadeHistory? History { get; set; }

    internal QueryFeatures? Features { get; set; }

    /// <summary>By which plan a pipeline that learns decides the request; null elsewhere.</summary>
    internal Exploration? Exploration { get; set; }

    /// <summary>The caller's id of the request, or one of its own.</summary>
    internal string RequestId => _requestId ??=
        Options?.AdditionalProperties is { } properties && properties.TryGetValue(RequestTags.RequestId, out object? value) && value?.ToString() is { Length: > 0 } id
            ? id
            : Guid.NewGuid().ToString("N");

    /// <summary>What the policy has decided, where more calls follow for other reasons.</summary>
    internal RoutingChoice? Choice { get; set; }

    /// <summary>The request's part in a rollout; null where there is none.</summary>
    internal RolloutRecord? Rollout { get; set; }

    /// <summary>The one model that may answer, where a conversation or a tool loop stays with it; null elsewhere.</summary>
    public int? Pinned { get; internal set; }

    /// <summary>Whether a model can be called: it has not failed, its circuit is closed, and it can take this request.</summary>
    /// <param name="model">The index of the model.</param>
    public bool CanCall(int model) => WhyUnavailable(model) is null;

    /// <summary>Why a model cannot be called; null where it can.</summary>
    /// <param name="model">The index of the model.</param>
    public string? WhyUnavailable(int model) => (uint)model < (uint)_pipeline.Profiles.Length ? _unavailable?[model] : throw new ArgumentOutOfRangeException(nameof(model), model, $"There are {Models.Count} models.");

    /// <summary>Why a decision cannot be carried out for this request; null where it can.</summary>
    internal string? WhyImpossible(in RoutingDecision decision) => decision.Kind switch
    {
        CascadeActionKind.Call when (uint)decision.Model >= (uint)_pipeline.Profiles.Length => $"the policy called model {decision.Model} of {_pipeline.Profiles.Length}",
        CascadeActionKind.Call when WhyUnavailable(decision.Model) is { } why => $"the policy called '{_pipeline.Profiles[decision.Model].Name}', which is not available: {why}",
        CascadeActionKind.Accept or CascadeActionKind.Verify when decision.Attempt is { } attempt && !IsOwn(attempt) =>
            "the policy named an attempt of another request: it keeps what belongs to one request only",
        CascadeActionKind.Verify when decision.Attempt is null or { CanVerify: false } => _pipeline.PaidVerifiers.Length == 0
            ? "the policy asked for a verification, but the pipeline has no paid verifier: add one, such as VerifyWith(Verifiers.SelfVerification())"
            : "the policy asked for a verification that is not possible",
        CascadeActionKind.Accept when decision.Attempt is null or not { Status: AttemptStatus.Answered or AttemptStatus.Rejected } => "the policy accepted an attempt without an answer that can be returned",
        CascadeActionKind.Call or CascadeActionKind.Verify or CascadeActionKind.Accept or CascadeActionKind.Abstain => null,
        _ => "the policy returned default, which is no decision",
    };

    /// <summary>Whether the limits of the request hold the largest model's answer after a call of another, or after a verification, too.</summary>
    /// <param name="model">The model to call; null for a verification.</param>
    internal bool HasRoomFor(int? model)
    {
        int largest = Models.Count - 1;
        if (model == largest || AnswerOf(largest) is not null || !CanCall(largest))
        {
            return true;
        }

        decimal together = (model is { } other ? UpperCostOf(other) : 0) + UpperCostOf(largest);
        return (model is null || _attempts.Count + 2 <= _pipeline.Options.MaxAttempts)
            && (_pipeline.CostCap is not { } cap || CostWith(together) <= cap)
            && (_pipeline.Options.Deadline is not { } deadline || 2 * Elapsed <= deadline);
    }

    private decimal UpperCostOf(int model)
    {
        ModelProfile profile = _pipeline.Profiles[model];
        return profile.Price is not { } price ? 0
            : price.CostOf(TokenEstimate.OfRequest(MessageArray, Options, profile.CountTokens), profile.MostOutputTokens(Options));
    }

    private bool IsOwn(RoutingAttempt attempt) => attempt.Index < _attempts.Count && ReferenceEquals(_attempts[attempt.Index], attempt);

    /// <summary>The index of the model called <paramref name="name"/>.</summary>
    /// <param name="name">The name it was added under.</param>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    public int ModelIndex(string name)
    {
        for (int i = 0; i < Models.Count; i++)
        {
            if (string.Equals(Models[i].Name, name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        throw new ArgumentException($"There is no model '{name}'; the models are {string.Join(", ", Models.Select(m => m.Name))}.", nameof(name));
    }

    /// <summary>The last attempt of a model that gave an answer, usable or not; null where there is none.</summary>
    /// <param name="model">The index of the model.</param>
    public RoutingAttempt? AnswerOf(int model)
    {
        for (int i = _attempts.Count - 1; i >= 0; i--)
        {
            if (_attempts[i].Model == model && _attempts[i].Status is AttemptStatus.Answered or AttemptStatus.Rejected)
            {
                return _attempts[i];
            }
        }

        return null;
    }

    /// <summary>What the request has spent and set aside, and so much more.</summary>
    internal decimal CostWith(decimal estimate) => Cost + _reserved + estimate;

    /// <summary>Sets dollars aside for a call that is about to run.</summary>
    internal void Reserve(decimal estimate) => _reserved += estimate;

    /// <summary>Books the bill of a call in place of the dollars that were set aside for it.</summary>
    internal void Settle(decimal estimate, Spend spend)
    {
        _reserved -= estimate;
        Spend += spend;
    }

    internal void Add(RoutingAttempt attempt) => _attempts.Add(attempt);

    /// <summary>Excludes a model. That a tool loop stays with another is the weakest reason: it may be taken back.</summary>
    internal void Exclude(int model, string reason)
    {
        ref string? why = ref (_unavailable ??= new string?[Models.Count])[model];
        if (why is null || ReferenceEquals(why, Sticky))
        {
            why = reason;
        }
    }

    /// <summary>Excludes a model that cannot answer any more; a tool loop that stayed with it is open to the others again.</summary>
    internal void ExcludeForGood(int model, string reason)
    {
        Exclude(model, reason);
        if (model == Pinned)
        {
            ReleaseStickiness();
        }
    }

    internal void ReleaseStickiness()
    {
        for (int i = 0; i < (_unavailable?.Length ?? 0); i++)
        {
            if (ReferenceEquals(_unavailable![i], Sticky))
            {
                _unavailable[i] = null;
            }
        }
    }

    internal void Readmit(int model) => _unavailable![model] = null;
}
