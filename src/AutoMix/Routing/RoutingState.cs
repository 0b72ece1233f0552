using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>What a policy sees of one request: the request, the attempts so far, what they cost and what is left.</summary>
/// <remarks>One object per request, not safe for concurrent use and not to be kept after the decision.</remarks>
public sealed class RoutingState
{
    internal const string Sticky = "the tool loop stays with the model that made the call";
    private string?[]? _unavailable;
    private readonly List<RoutingAttempt> _attempts = new(1);
    private string? _question;

    internal RoutingState(
        IReadOnlyList<ChatMessage> messages,
        ChatOptions? options,
        IReadOnlyList<ModelProfile> models,
        IServiceProvider? services)
    {
        Messages = messages;
        Options = options;
        Models = models;
        Services = services;
    }

    /// <summary>The messages of the request. Not to be changed.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>The caller's options. Not to be changed.</summary>
    public ChatOptions? Options { get; }

    /// <summary>The models, cheapest first, as they were added.</summary>
    public IReadOnlyList<ModelProfile> Models { get; }

    /// <summary>The services of the application, if any.</summary>
    public IServiceProvider? Services { get; }

    /// <summary>The calls made so far, failed ones included.</summary>
    public IReadOnlyList<RoutingAttempt> Attempts => _attempts;

    /// <summary>The dollars spent so far, verification included.</summary>
    public decimal Cost { get; internal set; }

    /// <summary>The dollars left under the request's cost cap; null where there is none.</summary>
    public decimal? RemainingCost { get; internal set; }

    /// <summary>The time left until the request's deadline; null where there is none.</summary>
    public TimeSpan? RemainingTime { get; internal set; }

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

    internal List<RoutingAttempt> AttemptList => _attempts;

    internal CascadeHistory? History { get; set; }

    /// <summary>The embedding of <see cref="Question"/>; empty where none could be computed, null before it was tried.</summary>
    internal ReadOnlyMemory<float>? Embedding { get; set; }

    /// <summary>The estimate that policies over numbers decide by; the same for all decisions of the request.</summary>
    internal long? InputTokens { get; set; }

    /// <summary>The one model that may answer, where a conversation or a tool loop stays with it; null elsewhere.</summary>
    public int? Pinned { get; internal set; }

    /// <summary>Whether a model can be called: it has not failed, its circuit is closed, and it can take this request.</summary>
    /// <param name="model">The index of the model.</param>
    public bool CanCall(int model) => WhyUnavailable(model) is null;

    /// <summary>Why a model cannot be called; null where it can.</summary>
    /// <param name="model">The index of the model.</param>
    public string? WhyUnavailable(int model) => (uint)model < (uint)Models.Count ? _unavailable?[model] : throw new ArgumentOutOfRangeException(nameof(model), model, $"There are {Models.Count} models.");

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

    internal void Add(RoutingAttempt attempt) => _attempts.Add(attempt);

    internal void Exclude(int model, string reason) => (_unavailable ??= new string?[Models.Count])[model] ??= reason;

    /// <summary>Excludes a model that has failed; a tool loop that stayed with it is open to the others again.</summary>
    internal void ExcludeFailed(int model, string reason)
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
