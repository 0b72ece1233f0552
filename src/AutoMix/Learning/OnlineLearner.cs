using System.Security.Cryptography;
using System.Text;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using AutoMix.Learning;
using AutoMix.Policies;
using AutoMix.Stores;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>Learns from what becomes of answered requests, and replaces the plan of a pipeline that runs.</summary>
/// <remarks>
/// <para>Safe for concurrent use. On the path of a request it reads one reference, and notes numbers when the request has ended. All
/// else happens in passes in the background, started by requests and reports, at most one at a time.</para>
/// <para>Many processes learn as one where they share stores: each adds its evidence, the holder of the lease makes plans, all follow.
/// A store that fails costs nothing but time: evidence waits for the next pass, and the plan at hand stays.</para>
/// <para>Get it from the client: <c>client.GetService&lt;OnlineLearner&gt;()</c>.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle is never asked for, so that there is nothing to dispose.")]
public sealed class OnlineLearner
{
    private static readonly TimeSpan LeaseFor = TimeSpan.FromMinutes(2);
    private readonly string[] _models;
    private readonly LearningOptions _options;
    private readonly PlanLearner _plans;
    private readonly ILeaseStore _leases;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CascadeRoutingPolicy _observer;
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim _pass = new(1, 1);
    private readonly ConcurrentQueue<PendingRequest> _finished = new();
    private readonly ConcurrentQueue<PendingRequest> _graded = new();
    private readonly RequestMemory<PendingRequest> _pending;
    private readonly SourceShares _sources;
    private readonly ExplorationBudget _budget;
    private readonly EvidenceCollector _collector;
    private readonly SharedEvidence _evidence;
    private readonly LivePlan _plan;

    // The plan whose beliefs labels are compared with, where no newer estimate of this process is.
    private long _believed = -1;

    // What the last plan was made of and compared with.
    private (EvidenceSums Sums, long Plan)? _learned;
    private double _labels;
    private int _labelsSinceDrift;
    private int _unseen;
    private long _lastPass;
    private int _running;

    internal OnlineLearner(
        string[] models, LearningOptions options, Goal? goal, ICascadePolicy start, LearningStores stores, TimeProvider time, ILogger logger, Func<ICascadePolicy, CascadeRoutingPolicy> route)
    {
        _models = models;
        _options = options;
        _plans = new(goal, options.MinimumLabels, options.Confidence);
        _leases = stores.Leases;
        _time = time;
        _logger = logger;
        _observer = route(start);
        _plan = new(start, stores.Plans, options.Name, route, logger);
        _evidence = new(stores.Counts, EvidenceNameOf(options.Name, models), options.HalfLife, time);
        _pending = new(options.PendingCapacity, options.PendingFor, time, Forgotten);
        _sources = new(options.MostShareOfSource);
        _budget = new(options.ExplorationDollarsPerDay, time);
        _collector = new(models);
        _collector.DriftDetected += (_, drift) => DriftDetected?.Invoke(this, drift);
        _lastPass = time.GetTimestamp();
    }

    /// <summary>A model, its verification or its price has changed. Raised from a pass.</summary>
    public event EventHandler<DriftEventArgs>? DriftDetected;

    /// <summary>The policy that decides now.</summary>
    public ICascadePolicy Current => _plan.Now.Policy;

    /// <summary>The version of the plan that decides now; 0 for the one it began with.</summary>
    public long PlanVersion => _plan.Now.Number;

    /// <summary>What the last pass of this process made of the evidence; null before the first, and where another process makes the plans.</summary>
    public PlanProposal? LastProposal { get; private set; }

    /// <summary>The effective number of labelled requests in the evidence, as of the last pass.</summary>
    public double Labels => Volatile.Read(ref _labels);

    /// <summary>The answered requests whose outcome can still be reported.</summary>
    public int Pending => _pending.Count;

    internal CascadeRoutingPolicy Routing => _plan.Now.Routing;

    /// <summary>Takes the outcome of an answered request, at once or hours later.</summary>
    /// <returns>Whether it was taken; false if the request is not remembered (any more), or the model gave no answer to it.</returns>
    /// <exception cref="ArgumentException">A number is out of range, or there is no such model.</exception>
    internal bool Report(string requestId, OutcomeReport outcome)
    {
        outcome.Check();
        int model = outcome.Model is null ? -1 : Array.IndexOf(_models, outcome.Model);
        if (outcome.Model is not null && model < 0)
        {
            throw new ArgumentException($"There is no model '{outcome.Model}'; the models are {string.Join(", ", _models)}.", nameof(outcome));
        }

        if (_pending.Find(requestId) is not { } pending)
        {
            return false;
        }

        model = model < 0 ? pending.Returned : model;
        if (model < 0 || pending.Answers[model] is null)
        {
            return false;
        }

        if (pending.Grade(model, outcome))
        {
            _graded.Enqueue(pending);
        }

        PassIfDue();
        return true;
    }

    /// <summary>Makes a pass now: adds what has gathered to the evidence, makes a plan where this process holds the lease, and follows the newest plan.</summary>
    /// <param name="cancellationToken">Cancels the pass; what was not added yet waits for the next.</param>
    /// <returns>What the evidence gives; null where another process makes the plans.</returns>
    public Task<PlanProposal?> LearnAsync(CancellationToken cancellationToken = default) => LearnAsync(always: true, cancellationToken);

    private async Task<PlanProposal?> LearnAsync(bool always, CancellationToken cancellationToken)
    {
        await _pass.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _lastPass = _time.GetTimestamp();
            _collector.Age = _evidence.Age;
            Collect();
            await _evidence.AddAsync(_collector.Take, cancellationToken).ConfigureAwait(false);
            await _plan.FollowAsync(cancellationToken).ConfigureAwait(false);
            BelieveThePlan();

            // In every process: what it adds is weighed by the drifts that any of them has noticed.
            EvidenceSums sums = await _evidence.ReadAsync(cancellationToken).ConfigureAwait(false);
            _collector.Follow(sums);
            Volatile.Write(ref _labelsSinceDrift, _collector.LabelsSinceDrift);
            LastProposal = await _leases.TryAcquireAsync(_options.Name, _owner, LeaseFor, cancellationToken).ConfigureAwait(false) is { } lease
                ? await ProposeAsync(sums, lease, always, cancellationToken).ConfigureAwait(false)
                : null;
            return LastProposal;
        }
        finally
        {
            _pass.Release();
        }
    }

    private async ValueTask<PlanProposal?> ProposeAsync(EvidenceSums sums, LearnerLease lease, bool always, CancellationToken cancellationToken)
    {
        if (!always && _learned is { } learned && learned.Plan == PlanVersion && !sums.SayMoreThan(learned.Sums))
        {
            return LastProposal;
        }

        PlanProposal proposal = _plans.Learn(sums, Current);
        Volatile.Write(ref _labels, proposal.Labels);
        if (proposal is { IsBetter: true, Plan: { } plan })
        {
            await _plan.PublishAsync(plan, lease, cancellationToken).ConfigureAwait(false);
            await _plan.FollowAsync(cancellationToken).ConfigureAwait(false);
        }

        if (proposal.Model is { } model)
        {
            // The newest estimate, also where the guard keeps the plan at hand.
            _collector.Believe(model);
            _believed = PlanVersion;
        }

        _learned = (sums, PlanVersion);
        return proposal;
    }

    private void BelieveThePlan()
    {
        LivePlan.Version now = _plan.Now;
        if (now.Number > 0 && now.Number != _believed)
        {
            _collector.Believe(now.Policy);
            _believed = now.Number;
        }
    }

    /// <summary>Chooses the plan of a request, and whether it is explored.</summary>
    internal Exploration Begin(RoutingContext context)
    {
        _plan.Watch();
        double rate = Volatile.Read(ref _labelsSinceDrift) < _options.MinimumLabels ? Math.Max(_options.FirstExploration, _options.Exploration) : _options.Exploration;

        // Tools may act, and a conversation that stays with one model has no other to compare it with.
        bool canExplore = rate > 0 && context.Options?.Tools is not { Count: > 0 } && context.Pinned is null;
        string id = context.RequestId;
        return new(Routing, id, canExplore && RequestKeys.Uniform(0x6578706C, RequestKeys.FromText(id)) < rate ? _budget.TryBegin() : null);
    }

    /// <summary>Ends the watch for plans that other processes publish; the next request begins it again.</summary>
    internal void StopWatching() => _plan.StopWatching();

    /// <summary>Books the cost of exploring a request that has ended, and remembers the request if it was answered.</summary>
    internal void End(RoutingContext context, Exploration plan, RoutingRecord record)
    {
        if (plan.Budget is { } begun)
        {
            _budget.End(begun, plan.CostOfChoice is { } before ? context.Cost - before : 0);
        }

        if (record.AnsweredBy is { } answered)
        {
            Remember(context, plan, context.Attempts[answered]);
        }
    }

    private void Remember(RoutingContext context, Exploration plan, RoutingAttempt chosen)
    {
        ObservedAnswer?[] answers = new ObservedAnswer?[_models.Length];
        for (int m = 0; m < answers.Length; m++)
        {
            if (context.AnswerOf(m) is { Status: AttemptStatus.Answered } attempt)
            {
                bool isVerified = attempt.Verdicts.Any(v => !v.IsFree);
                answers[m] = new(
                    FirstOfGroup(context, attempt, m),
                    _observer.ConfidenceOf(attempt),
                    RememberedRequest.CostOf(attempt),
                    isVerified ? (double)attempt.VerificationCost : null);
            }
        }

        bool isWhole = plan.IsExplored && Array.TrueForAll(answers, a => a is not null) && context.Attempts.All(a => a is not { Status: AttemptStatus.Answered, CanVerify: true });
        var pending = new PendingRequest(plan.RequestId, context.RequestKey, _time.GetUtcNow(), chosen.Model, isWhole, answers);
        _pending.Add(pending);

        // Where passes do not keep up, some requests are not observed: memory is bounded, and they can still be graded.
        if (Volatile.Read(ref _unseen) < 2 * _options.PendingCapacity)
        {
            Interlocked.Increment(ref _unseen);
            _finished.Enqueue(pending);
        }

        PassIfDue();
    }

    // What was learned of some models says nothing of others under the same name: a model that is exchanged begins anew.
    private static string EvidenceNameOf(string name, string[] models) =>
        $"{name}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', models))).AsSpan(0, 4))}";

    private static int FirstOfGroup(RoutingContext context, RoutingAttempt attempt, int model)
    {
        RoutingAttempt root = attempt.AgreesWith ?? attempt;
        for (int m = 0; m < model; m++)
        {
            if (context.AnswerOf(m) is { Status: AttemptStatus.Answered } other && ReferenceEquals(other.AgreesWith ?? other, root))
            {
                return m;
            }
        }

        return model;
    }

    private void PassIfDue()
    {
        bool isDue = Volatile.Read(ref _unseen) >= _options.PendingCapacity || _time.GetElapsedTime(Volatile.Read(ref _lastPass)) >= _options.Interval;
        if (!isDue || Interlocked.Exchange(ref _running, 1) != 0)
        {
            return;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await LearnAsync(always: false, default).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Log.LearningFailed(_logger, e);
            }
            finally
            {
                Volatile.Write(ref _running, 0);
            }
        });
    }

    // A request that is forgotten before a pass comes has waited long enough, where it was to be labelled without a grade.
    private void Forgotten(PendingRequest request)
    {
        if (request is { IsWhole: true, IsGraded: false } && _options.ImplicitAfter is { } patience && _time.GetUtcNow() - request.At >= patience)
        {
            _graded.Enqueue(request);
        }
    }

    // What was explored and never graded is labelled by the largest model, where that is wanted.
    private void Collect()
    {
        while (_finished.TryDequeue(out PendingRequest? request))
        {
            Interlocked.Decrement(ref _unseen);
            _collector.Observe(request.Answers, request.IsWhole);
        }

        if (_options.ImplicitAfter is { } patience)
        {
            foreach (PendingRequest waiting in _pending.OlderThan(patience).Where(r => r is { IsWhole: true, IsGraded: false }))
            {
                _graded.Enqueue(waiting);
            }
        }

        // The shares of sources bound what people say; what nobody has graded is nobody's.

        var batch = new List<PendingRequest>();
        while (_graded.TryDequeue(out PendingRequest? request))
        {
            _pending.Take(request);
            if (request.TryClaim() && (!request.IsGraded || _sources.TryTake(request.Source, 1 / request.Propensity)))
            {
                batch.Add(request);
            }
        }

        HashSet<string> kept = [.. Learners.WithoutOutlyingSources([.. batch.Where(r => r.IsGraded).Select(request => request.AsOutcome())], _models.Length, _options.Trim).Select(o => o.Source)];
        foreach (PendingRequest request in batch.Where(r => !r.IsGraded || kept.Contains(r.Source)))
        {
            if (request.IsWhole)
            {
                _collector.Label(request.Label());
            }
            else
            {
                _collector.Label(request.Answers, request.Grades);
            }

            if (request.ErrorDollars is { } dollars)
            {
                _collector.ErrorCost((double)dollars, request.Propensity);
            }
        }

        Volatile.Write(ref _labelsSinceDrift, _collector.LabelsSinceDrift);

    }
}
