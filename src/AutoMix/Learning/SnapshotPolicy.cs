using AutoMix.Policies;

namespace AutoMix;

/// <summary>Decides by a learner over numbers. Each outcome that is reported replaces the snapshot that decides about new requests.</summary>
/// <remarks>Safe for concurrent use: no outcome is lost, and a request keeps its snapshot to its end.</remarks>
internal sealed class SnapshotPolicy : DelegatingRoutingPolicy
{
    private readonly Func<ICascadePolicy, CascadeRoutingPolicy> _route;
    private readonly TimeProvider _time;
    private readonly RequestMemory<Answered> _answered;
    private Snapshot _now;

    public SnapshotPolicy(ILearningPolicy start, Func<ICascadePolicy, CascadeRoutingPolicy> route, LearningOptions options, TimeProvider time)
        : this(new Snapshot(start, route(start)), route, options, time)
    {
    }

    private SnapshotPolicy(Snapshot start, Func<ICascadePolicy, CascadeRoutingPolicy> route, LearningOptions options, TimeProvider time)
        : base(start.Routing)
    {
        _now = start;
        _route = route;
        _time = time;
        _answered = new(options.PendingCapacity, options.PendingFor, time);
    }

    protected override IRoutingPolicy InnerPolicy => Volatile.Read(ref _now).Routing;

    public override RoutingRecord OnEnded(RoutingView context, RoutingRecord record)
    {
        record = base.OnEnded(context, record);
        if (record.AnsweredBy is null)
        {
            return record;
        }

        IReadOnlyList<string> models = Volatile.Read(ref _now).Policy.Models;
        var routing = (CascadeRoutingPolicy)InnerPolicyOf(context);
        var answers = new List<AnswerOutcome>();
        for (int m = 0; m < models.Count; m++)
        {
            if (context.AnswerOf(context.ModelIndex(models[m])) is { Status: AttemptStatus.Answered } attempt)
            {
                answers.Add(new(m, RememberedRequest.CostOf(attempt), confidence: routing.ConfidenceOf(attempt)));
            }
        }

        _answered.Add(new(context.RequestId, _time.GetUtcNow(), record.Model, new()
        {
            RequestKey = context.RequestKey,
            Embedding = context.QueryEmbedding ?? default,
            InputTokens = routing.InputTokensOf(context),
            Answers = answers,
        }));
        return record with { RequestId = context.RequestId };
    }

    public override bool OnOutcome(RoutingRecord record, OutcomeReport outcome)
    {
        IReadOnlyList<string> models = Volatile.Read(ref _now).Policy.Models;
        if (outcome.Model is { } asked && !models.Contains(asked))
        {
            throw new ArgumentException($"There is no model '{asked}'; the models are {string.Join(", ", models)}.", nameof(outcome));
        }

        // A request is learned from once: a report that is repeated, or comes again for a cached answer, changes nothing.
        if (record.RequestId is not { } id || _answered.Find(id) is not { } answered || (outcome.Model ?? answered.Returned) is not { } name
            || !answered.Observed.Answers.Any(a => models[a.Model] == name) || !_answered.Take(answered))
        {
            return false;
        }

        // Answers without a grade have costs and confidences to learn from.
        AnswerOutcome[] answers = [.. answered.Observed.Answers.Select(a => models[a.Model] == name ? a with { Quality = outcome.Quality } : a)];
        PolicyOutcome observed = answered.Observed with { Source = outcome.Source, Answers = answers };
        while (true)
        {
            Snapshot before = Volatile.Read(ref _now);
            ILearningPolicy policy = before.Policy.Update(observed);
            if (Interlocked.CompareExchange(ref _now, new(policy, _route(policy)), before) == before)
            {
                return true;
            }
        }
    }

    public override object? GetService(Type serviceType) =>
        serviceType == typeof(ILearningPolicy) ? Volatile.Read(ref _now).Policy : base.GetService(serviceType);

    protected override IRoutingPolicy InnerPolicyOf(RoutingView context) => context.Get<CascadeRoutingPolicy>(this) ?? context.Set(this, Volatile.Read(ref _now).Routing);

    private sealed record Snapshot(ILearningPolicy Policy, CascadeRoutingPolicy Routing);

    private sealed class Answered(string id, DateTimeOffset at, string? returned, PolicyOutcome observed) : RememberedRequest(id, at)
    {
        /// <summary>The model whose answer was returned.</summary>
        public string? Returned => returned;

        public PolicyOutcome Observed => observed;
    }
}
