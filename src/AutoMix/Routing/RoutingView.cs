using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The read-only view that a policy gets of one request: the question, the attempts so far, the remaining money and time.</summary>
/// <remarks>One object per request. It is not safe for concurrent use and must not be kept after the request has ended.</remarks>
public abstract class RoutingView
{
    private List<(IRoutingPolicy Owner, object Value)>? _kept;
    private string? _question;
    private string? _requestId;

    private protected RoutingView(ChatMessage[] messages, ChatOptions? options, ModelProfile[] models, IServiceProvider? services)
    {
        MessageArray = messages;
        Options = options;
        Profiles = models;
        Services = services;
    }

    /// <summary>The messages of the request. They must not be changed.</summary>
    public IReadOnlyList<ChatMessage> Messages => MessageArray;

    /// <summary>The caller's options. They must not be changed.</summary>
    public ChatOptions? Options { get; }

    /// <summary>The models in the order in which they were added, cheapest first.</summary>
    public IReadOnlyList<ModelProfile> Models => Profiles;

    /// <summary>The services of the application; null if the pipeline has none.</summary>
    public IServiceProvider? Services { get; }

    /// <summary>The calls made so far, failed calls included.</summary>
    public IReadOnlyList<RoutingAttempt> Attempts => AttemptList;

    /// <summary>The dollars spent so far, verification included.</summary>
    public abstract decimal Cost { get; }

    /// <summary>The dollars left under the request's cost cap; null if there is no cap.</summary>
    public abstract decimal? RemainingCost { get; }

    /// <summary>The time left until the request's deadline, as of the last decision or call; null if there is no deadline.</summary>
    public abstract TimeSpan? RemainingTime { get; }

    /// <summary>The index of the only model that may answer, because a conversation or a tool loop stays with it; null if any model may.</summary>
    public int? Pinned { get; private protected set; }

    /// <summary>
    /// The embedding of the question. It is null unless the policy asked for it with <see cref="IRoutingPolicy.NeedsEmbedding"/>.
    /// It is empty if there is no question, no embedding generator, or the generator failed.
    /// </summary>
    public ReadOnlyMemory<float>? QueryEmbedding { get; private protected set; }

    /// <summary>The key by which policies toss seeded coins: made from the caller's request id, or from the question if there is no id.</summary>
    public ulong RequestKey => RequestKeys.FromText(CallersId ?? Question);

    /// <summary>The text of the last user message; empty if there is none.</summary>
    public string Question => _question ??= Messages.LastOrDefault(m => m.Role == ChatRole.User)?.Text ?? "";

    /// <summary>
    /// The best answer so far: usable before rejected, then by confidence (unknown counts as one half), then the later model.
    /// Null if there is no answer at all.
    /// </summary>
    public RoutingAttempt? Best
    {
        get
        {
            RoutingAttempt? best = null;
            foreach (RoutingAttempt attempt in AttemptList)
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

    /// <summary>The last call that was not stopped because another had answered; null before the first call.</summary>
    internal RoutingAttempt? Last => AttemptList.FindLast(a => a.Status != AttemptStatus.Cancelled);

    internal ChatMessage[] MessageArray { get; }

    internal List<RoutingAttempt> AttemptList { get; } = new(1);

    /// <summary>The caller's id of the request, or a new one.</summary>
    internal string RequestId => _requestId ??= CallersId ?? Guid.NewGuid().ToString("N");

    private protected ModelProfile[] Profiles { get; }

    private string? CallersId =>
        Options?.AdditionalProperties is { } properties && properties.TryGetValue(RequestTags.RequestId, out object? value) && value?.ToString() is { Length: > 0 } id ? id : null;

    /// <summary>Whether a model can be called: it has not failed, its circuit is closed, and it can take this request.</summary>
    /// <param name="model">The index of the model.</param>
    public bool CanCall(int model) => WhyUnavailable(model) is null;

    /// <summary>Says why a model cannot be called; null if it can.</summary>
    /// <param name="model">The index of the model.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such model.</exception>
    public abstract string? WhyUnavailable(int model);

    /// <summary>Finds the index of the model called <paramref name="name"/>.</summary>
    /// <param name="name">The name under which it was added.</param>
    /// <exception cref="ArgumentException">There is no such model.</exception>
    public int ModelIndex(string name)
    {
        int model = Array.FindIndex(Profiles, m => string.Equals(m.Name, name, StringComparison.Ordinal));
        return model >= 0 ? model : throw new ArgumentException($"There is no model '{name}'; the models are {string.Join(", ", Models.Select(m => m.Name))}.", nameof(name));
    }

    /// <summary>Finds the last attempt of a model that gave an answer, usable or not; null if there is none.</summary>
    /// <param name="model">The index of the model.</param>
    public RoutingAttempt? AnswerOf(int model)
    {
        for (int i = AttemptList.Count - 1; i >= 0; i--)
        {
            if (AttemptList[i].Model == model && AttemptList[i].Status is AttemptStatus.Answered or AttemptStatus.Rejected)
            {
                return AttemptList[i];
            }
        }

        return null;
    }

    /// <summary>Gets the object that a policy keeps for this request; null if it has not set one.</summary>
    /// <param name="owner">The policy. It serves many requests at once, so it keeps nothing of one request in its own fields.</param>
    /// <typeparam name="T">The type of the object.</typeparam>
    public T? Get<T>(IRoutingPolicy owner)
        where T : class
    {
        for (int i = 0; i < (_kept?.Count ?? 0); i++)
        {
            if (ReferenceEquals(_kept![i].Owner, owner))
            {
                return (T)_kept[i].Value;
            }
        }

        return null;
    }

    /// <summary>Sets the object that a policy keeps for this request, in place of an earlier one.</summary>
    /// <param name="owner">The policy.</param>
    /// <param name="value">The object.</param>
    /// <returns><paramref name="value"/>.</returns>
    /// <typeparam name="T">The type of the object.</typeparam>
    public T Set<T>(IRoutingPolicy owner, T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(value);
        int place = _kept?.FindIndex(kept => ReferenceEquals(kept.Owner, owner)) ?? -1;
        if (place >= 0)
        {
            _kept![place] = (owner, value);
        }
        else
        {
            (_kept ??= new(1)).Add((owner, value));
        }

        return value;
    }

    /// <summary>Says why a decision cannot be carried out for this request; null if it can.</summary>
    internal abstract string? WhyImpossible(in RoutingDecision decision);

    /// <summary>Tells whether the request's limits leave room for the largest model's answer after one more call or verification.</summary>
    /// <param name="model">The model to call first; null for a verification.</param>
    internal abstract bool HasRoomFor(int? model);
}
