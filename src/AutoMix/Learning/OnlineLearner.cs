using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using AutoMix.Learning;
using AutoMix.Stores;
using Microsoft.Extensions.Logging;

namespace AutoMix;

/// <summary>Learns from the outcomes of answered requests, and replaces the plan of a pipeline while it runs.</summary>
/// <remarks>
/// <para>Safe for concurrent use. A request only reads one reference, and leaves some numbers when it ends. Passes in the background do
/// the rest. Requests and reports start them, at most one at a time.</para>
/// <para>Processes that share stores learn as one: each adds its evidence, the holder of the lease makes plans, all follow. If a store
/// fails, evidence waits for the next pass and the current plan stays.</para>
/// <para>The client returns it: <c>client.GetService&lt;OnlineLearner&gt;()</c>.</para>
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
    private readonly AnsweredRequests _answered;
    private readonly ExplorationBudget _budget;
    private readonly EvidenceCollector _collector;
    private readonly SharedEvidence _evidence;
    private readonly LivePlan _plan;

    // The version of the plan whose beliefs labels are compared with, unless this process has a newer estimate.
    private long _believed = -1;

    // The evidence of the last plan, and the version that it was compared with.
    private (EvidenceSums Sums, long Plan)? _learned;
    private double _labels;
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
        _answered = new(models, options, time);
        _budget = new(options.ExplorationDollarsPerDay, time);
        _collector = new(models);
        _collector.DriftDetected += (_, drift) => DriftDetected?.Invoke(this, drift);
        _lastPass = time.GetTimestamp();
    }

    /// <summary>Raised from a pass when a model, its verification or its price has changed.</summary>
    public event EventHandler<DriftEventArgs>? DriftDetected;

    /// <summary>The policy that decides now.</summary>
    public ICascadePolicy Current => _plan.Now.Policy;

    /// <summary>The version of the plan that decides now; 0 for the first plan.</summary>
    public long PlanVersion => _plan.Now.Number;

    /// <summary>The result of this process's last pass; null before the first pass, and if another process makes the plans.</summary>
    public PlanProposal? LastProposal { get; private set; }

    /// <summary>The effective number of labelled requests in the evidence, as of the last pass.</summary>
    public double Labels => Volatile.Read(ref _labels);

    /// <summary>The number of answered requests whose outcome can still be reported.</summary>
    public int Pending => _answered.Count;

    internal CascadeRoutingPolicy Routing => _plan.Now.Routing;

    /// <summary>Makes a pass now: adds the grades to the evidence, makes a plan if this process holds the lease, and follows the newest plan.</summary>
    /// <param name="cancellationToken">Cancels the pass. Evidence that was not added yet waits for the next pass.</param>
    /// <returns>The proposal that follows from the evidence; null if another process makes the plans.</returns>
    public Task<PlanProposal?> LearnAsync(CancellationToken cancellationToken = default) => LearnAsync(always: true, cancellationToken);

    /// <summary>Chooses the plan of a request, and whether it is explored.</summary>
    internal Exploration Begin(RoutingView context)
    {
        _plan.Watch();
        double rate = _collector.LabelsSinceDrift < _options.MinimumLabels ? Math.Max(_options.FirstExploration, _options.Exploration) : _options.Exploration;

        // Tools may act, and a conversation that stays with one model cannot be compared with another model.
        bool canExplore = rate > 0 && context.Options?.Tools is not { Count: > 0 } && context.Pinned is null;
        string id = context.RequestId;
        return new(Routing, id, canExplore && RequestKeys.Uniform(0x6578706C, RequestKeys.FromText(id)) < rate ? _budget.TryBegin() : null);
    }

    /// <summary>Books the cost of exploring a request that has ended, and remembers the request if it was answered.</summary>
    internal void End(RoutingView context, Exploration plan, RoutingRecord record)
    {
        if (plan.Budget is { } begun)
        {
            _budget.End(begun, plan.CostOfChoice is { } before ? context.Cost - before : 0);
        }

        if (record.AnsweredBy is { } answered)
        {
            _answered.Add(PendingRequest.Of(context, plan, _observer, returned: context.Attempts[answered].Model, _time.GetUtcNow()));
            PassIfDue();
        }
    }

    /// <summary>Takes the outcome of an answered request.</summary>
    /// <returns>False if the request is not remembered (any more), or the model gave no answer to it.</returns>
    /// <exception cref="ArgumentException">A number is out of range, or there is no such model.</exception>
    internal bool Report(string requestId, OutcomeReport outcome)
    {
        if (!_answered.Grade(requestId, outcome))
        {
            return false;
        }

        PassIfDue();
        return true;
    }

    /// <summary>Ends the watch for plans that other processes publish. The next request begins it again.</summary>
    internal void StopWatching() => _plan.StopWatching();

    // A model says nothing about another model under the same name, so evidence is kept by the names of all models.
    private static string EvidenceNameOf(string name, string[] models) =>
        $"{name}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', models))).AsSpan(0, 4))}";

    private void PassIfDue()
    {
        bool isDue = _answered.IsFull || _time.GetElapsedTime(Volatile.Read(ref _lastPass)) >= _options.Interval;
        if (isDue && Interlocked.Exchange(ref _running, 1) == 0)
        {
            _ = Task.Run(PassAsync);
        }
    }

    private async Task PassAsync()
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
    }

    private async Task<PlanProposal?> LearnAsync(bool always, CancellationToken cancellationToken)
    {
        await _pass.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _lastPass = _time.GetTimestamp();
            _collector.Age = _evidence.Age;
            _answered.CollectInto(_collector);
            await _evidence.AddAsync(_collector.Take, cancellationToken).ConfigureAwait(false);
            await _plan.FollowAsync(cancellationToken).ConfigureAwait(false);
            BelieveThePlan();

            // Every process follows the sums, because drifts that any process noticed weigh the evidence that it adds.
            EvidenceSums sums = await _evidence.ReadAsync(cancellationToken).ConfigureAwait(false);
            _collector.Follow(sums);
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
            // The newest estimate counts even if the current plan stays.
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
}
