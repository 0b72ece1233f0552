using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using AutoMix.Feedback;
using AutoMix.Learning;
using AutoMix.Policies;
using AutoMix.Stores;

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
public sealed class OnlineLearner : IFeedbackSink
{
    // Weights double with each half-life; an epoch ends long before they could overflow.
    private const double EpochLength = 256;
    private const double FadedShare = 1e-4;
    private static readonly TimeSpan LeaseFor = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private readonly string[] _models;
    private readonly LearningOptions _options;
    private readonly PlanLearner _plans;
    private readonly LearningStores _stores;
    private readonly TimeProvider _time;
    private readonly Telemetry _telemetry;
    private readonly Func<ICascadePolicy, CascadeRoutingPolicy> _route;
    private readonly CascadeRoutingPolicy _observer;
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly SemaphoreSlim _pass = new(1, 1);
    private readonly ConcurrentDictionary<string, PendingRequest> _pending = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<PendingRequest> _order = new();
    private readonly ConcurrentQueue<PendingRequest> _finished = new();
    private readonly ConcurrentQueue<PendingRequest> _graded = new();
    private readonly Dictionary<string, double> _bySource = new(StringComparer.Ordinal);
    private readonly EvidenceJournal _journal;
    private readonly DriftWatch _watch;
    private readonly InMemoryBudgetLedger? _budget;
    private Live _live;

    // What labels are compared with: the newest estimate, also where the guard keeps the plan at hand.
    private ICascadePolicy? _believer;
    private CountDelta? _unsent;
    private string _unsentKey = "";
    private double _labels;
    private double _labelsSinceDrift;
    private long _lastPass;
    private int _running;

    internal OnlineLearner(
        string[] models, LearningOptions options, Goal? goal, ICascadePolicy start, LearningStores stores, TimeProvider time, Telemetry telemetry, Func<ICascadePolicy, CascadeRoutingPolicy> route)
    {
        _models = models;
        _options = options;
        _plans = new(goal, options.MinimumLabels, options.Confidence);
        _stores = stores;
        _time = time;
        _telemetry = telemetry;
        _route = route;
        _observer = route(start);
        _live = new(start, _observer, 0);
        _journal = new(models.Length);
        _watch = new(models);
        _watch.Detected += (_, drift) => DriftDetected?.Invoke(this, drift);
        _budget = options.ExplorationDollarsPerDay is > 0 and { } dollars ? new([new(dollars, Day)], time) : null;
        _lastPass = time.GetTimestamp();
    }

    /// <summary>A model, its verification or its price has changed. Raised from a pass.</summary>
    public event EventHandler<DriftEventArgs>? DriftDetected;

    /// <summary>The policy that decides now.</summary>
    public ICascadePolicy Current => Volatile.Read(ref _live).Policy;

    /// <summary>The version of the plan that decides now; 0 for the one it began with.</summary>
    public long PlanVersion => Volatile.Read(ref _live).Version;

    /// <summary>What the last pass of this process made of the evidence; null before the first, and where another process makes the plans.</summary>
    public PlanProposal? LastProposal { get; private set; }

    /// <summary>The effective number of labelled requests in the evidence, as of the last pass.</summary>
    public double Labels => Volatile.Read(ref _labels);

    /// <summary>The answered requests whose outcome can still be reported.</summary>
    public int Pending => _pending.Count;

    internal CascadeRoutingPolicy Routing => Volatile.Read(ref _live).Routing;

    /// <summary>Reports the outcome of an answered request, at once or hours later.</summary>
    /// <param name="requestId">The <see cref="RoutingRecord.RequestId"/>.</param>
    /// <param name="outcome">What was learned.</param>
    /// <returns>Whether it was taken; false where the request is not remembered (any more), or the model gave no answer to it.</returns>
    /// <exception cref="ArgumentException">A number is out of range, or there is no such model.</exception>
    public bool Report(string requestId, OutcomeReport outcome)
    {
        ArgumentNullException.ThrowIfNull(requestId);
        ArgumentNullException.ThrowIfNull(outcome);
        if (!(outcome.Quality is >= 0 and <= 1 && outcome.Propensity is > 0 and <= 1))
        {
            throw new ArgumentException($"A quality is in [0, 1] and a propensity in (0, 1]; got {outcome.Quality} and {outcome.Propensity}.", nameof(outcome));
        }

        int model = outcome.Model is null ? -1 : Array.IndexOf(_models, outcome.Model);
        if (outcome.Model is not null && model < 0)
        {
            throw new ArgumentException($"There is no model '{outcome.Model}'; the models are {string.Join(", ", _models)}.", nameof(outcome));
        }

        if (!_pending.TryGetValue(requestId, out PendingRequest? pending) || IsOld(pending))
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

    /// <inheritdoc/>
    /// <remarks>Outcomes are matched to requests by their key; those of requests that are not remembered are passed over.</remarks>
    public ValueTask ReportAsync(PolicyOutcome outcome, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        cancellationToken.ThrowIfCancellationRequested();
        if (_pending.Values.FirstOrDefault(p => p.Key == outcome.RequestKey) is { } pending)
        {
            foreach (AnswerOutcome answer in outcome.Answers)
            {
                if (answer.Quality is { } quality)
                {
                    Report(pending.Id, new(quality) { Model = _models[answer.Model], Source = outcome.Source });
                }
            }
        }

        return default;
    }

    /// <summary>Makes a pass now: adds what has gathered to the evidence, makes a plan where this process holds the lease, and follows the newest plan.</summary>
    /// <param name="cancellationToken">Cancels the pass; what was not added yet waits for the next.</param>
    /// <returns>What the evidence gives; null where another process makes the plans.</returns>
    public async Task<PlanProposal?> LearnAsync(CancellationToken cancellationToken = default)
    {
        await _pass.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _lastPass = _time.GetTimestamp();
            double halfLives = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch) / _options.HalfLife;
            double epoch = Math.Floor(halfLives / EpochLength);
            _journal.Age = halfLives - (epoch * EpochLength);
            Collect();
            await AddAsync(KeyOf(epoch), cancellationToken).ConfigureAwait(false);
            await FollowAsync(cancellationToken).ConfigureAwait(false);
            PlanProposal? proposal = null;
            if (await _stores.Leases.TryAcquireAsync(_options.Name, _owner, LeaseFor, cancellationToken).ConfigureAwait(false) is { } lease)
            {
                proposal = await PublishAsync(epoch, lease, cancellationToken).ConfigureAwait(false);
            }

            if (proposal is { IsBetter: true })
            {
                await FollowAsync(cancellationToken).ConfigureAwait(false);
            }

            LastProposal = proposal;
            return proposal;
        }
        finally
        {
            _pass.Release();
        }
    }

    /// <summary>Decides how a request is decided.</summary>
    internal Exploration Begin(RoutingState state)
    {
        CascadeRoutingPolicy routing = Routing;
        double rate = _labelsSinceDrift < _options.MinimumLabels ? Math.Max(_options.FirstExploration, _options.Exploration) : _options.Exploration;
        bool isAffordable = _options.ExplorationDollarsPerDay is null || _budget?.Committed("") < _options.ExplorationDollarsPerDay;

        // Tools may act, and a conversation that stays with one model has no other to compare it with.
        bool canExplore = rate > 0 && isAffordable && state.Options?.Tools is not { Count: > 0 } && state.Pinned is null;
        string id = state.RequestId;
        return new(routing, id, canExplore && RequestKeys.Uniform(0x6578706C, RequestKeys.FromText(id)) < rate);
    }

    /// <summary>Remembers an answered request.</summary>
    internal void Remember(RoutingState state, RoutingAttempt chosen)
    {
        if (state.Exploration is not { } plan)
        {
            return;
        }

        PendingAnswer?[] answers = new PendingAnswer?[_models.Length];
        for (int m = 0; m < answers.Length; m++)
        {
            if (state.AnswerOf(m) is { Status: AttemptStatus.Answered } attempt)
            {
                bool isVerified = attempt.Verdicts.Any(v => !v.IsFree);
                double tokens = (attempt.Usage?.InputTokenCount ?? 0) + (attempt.Usage?.OutputTokenCount ?? 0);
                answers[m] = new(
                    FirstOfGroup(state, attempt, m),
                    _observer.ConfidenceOf(attempt),
                    new((double)attempt.Cost, tokens, attempt.Duration.TotalSeconds),
                    isVerified ? (double)attempt.VerificationCost : null);
            }
        }

        bool isWhole = plan.IsExplored && Array.TrueForAll(answers, a => a is not null) && state.Attempts.All(a => a is not { Status: AttemptStatus.Answered, CanVerify: true });
        var pending = new PendingRequest(plan.RequestId, state.RequestKey, _time.GetUtcNow(), chosen.Model, isWhole, answers);
        if (plan.IsExplored && state.Choice is { } choice && _budget is not null)
        {
            Spend(state.Cost - choice.Cost);
        }

        if (_pending.TryAdd(pending.Id, pending))
        {
            _order.Enqueue(pending);
        }

        _finished.Enqueue(pending);
        Forget();
        PassIfDue();
    }

    private void Spend(decimal dollars)
    {
        ValueTask<BudgetReservation?> reserved = _budget!.TryReserveAsync("", 0, default);
        if (reserved.IsCompletedSuccessfully && reserved.Result is { } reservation)
        {
            _ = _budget.SettleAsync(reservation, dollars, default).AsTask();
        }
    }

    private static int FirstOfGroup(RoutingState state, RoutingAttempt attempt, int model)
    {
        RoutingAttempt root = attempt.AgreesWith ?? attempt;
        for (int m = 0; m < model; m++)
        {
            if (state.AnswerOf(m) is { Status: AttemptStatus.Answered } other && ReferenceEquals(other.AgreesWith ?? other, root))
            {
                return m;
            }
        }

        return model;
    }

    // The oldest first, by age and by number. What was explored and never graded is labelled by the largest model, where that is wanted.
    private void Forget()
    {
        while (_order.TryPeek(out PendingRequest? oldest) && (_pending.Count > _options.PendingCapacity || IsOld(oldest) || !_pending.ContainsKey(oldest.Id)))
        {
            if (_order.TryDequeue(out PendingRequest? gone))
            {
                _pending.TryRemove(gone.Id, out _);
            }
        }
    }

    private bool IsOld(PendingRequest pending) => _time.GetUtcNow() - pending.At > _options.PendingFor;

    private void PassIfDue()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lastPass)) < _options.Interval || Interlocked.Exchange(ref _running, 1) != 0)
        {
            return;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await LearnAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _telemetry.LearningFailed(e);
            }
            finally
            {
                Volatile.Write(ref _running, 0);
            }
        });
    }

    private void Collect()
    {
        while (_finished.TryDequeue(out PendingRequest? request))
        {
            Observe(request);
        }

        if (_options.ImplicitAfter is { } patience)
        {
            foreach (PendingRequest waiting in _pending.Values.Where(p => p.IsWhole && !p.IsGraded && _time.GetUtcNow() - p.At >= patience))
            {
                _graded.Enqueue(waiting);
            }
        }

        var batch = new List<PendingRequest>();
        while (_graded.TryDequeue(out PendingRequest? request))
        {
            if (_pending.TryRemove(request.Id, out _) && IsAllowed(request.Source))
            {
                batch.Add(request);
            }
        }

        HashSet<ulong> kept = [.. Learners.WithoutOutlyingSources([.. batch.Select(AsOutcome)], _models.Length, _options.Trim).Select(o => o.RequestKey)];
        foreach (PendingRequest request in batch.Where(r => kept.Contains(r.Key)))
        {
            Learn(request);
        }
    }

    private void Observe(PendingRequest request)
    {
        for (int m = 0; m < _models.Length; m++)
        {
            if (request.Answers[m] is not { } answer)
            {
                continue;
            }

            _journal.AddCost(m, answer.Cost, answer.VerifyDollars);
            if (answer.Cost.Tokens > 0 && _watch.Price(m, answer.Cost.Dollars / answer.Cost.Tokens))
            {
                _journal.FadeCost(m);
            }

            if (request.IsWhole && answer.Confidence is { } confidence && _watch.Confidence(m, confidence))
            {
                Drifted(since: 0);
            }
        }
    }

    private void Learn(PendingRequest request)
    {
        LabelledRequest? whole = request.IsWhole ? request.Label() : null;
        if (whole is not null)
        {
            _journal.Add(whole);
            _labelsSinceDrift++;
        }

        // Requests that a coin chose are compared with what is believed of any request, since a verification that notices too would
        // give away what the label says; one that the policy cut short, with what is believed after all that led to that.
        double[] beliefs = new double[_models.Length];
        bool isBelieved = _believer?.TryGetBelief(whole is null ? request.History() : new(_models.Length), beliefs) == true;
        for (int m = 0; m < _models.Length && isBelieved; m++)
        {
            if ((whole?.Answers[m].Quality ?? request.Grades[m]) is { } quality && _watch.Label(m, quality, beliefs[m]) is > 0 and var since)
            {
                Drifted(since);
            }
        }
    }

    private void Drifted(int since)
    {
        _journal.Fade(since);
        _labelsSinceDrift = 0;
    }

    // Few sources must each be allowed more than the share: up to twice what falls to each. Old labels count half as often.
    private bool IsAllowed(string source)
    {
        const double Remembered = 1000;
        double total = _bySource.Values.Sum();
        double taken = _bySource.GetValueOrDefault(source);
        int sources = _bySource.Count + (taken > 0 ? 0 : 1);
        if (taken > 0 && taken + 1 > Math.Max(_options.MostShareOfSource, 2.0 / sources) * (total + 1))
        {
            return false;
        }

        _bySource[source] = taken + 1;
        if (total > Remembered)
        {
            foreach (string known in _bySource.Keys.ToArray())
            {
                _bySource[known] /= 2;
                if (_bySource[known] < 0.1)
                {
                    _bySource.Remove(known);
                }
            }
        }

        return true;
    }

    private static PolicyOutcome AsOutcome(PendingRequest request)
    {
        var answers = new List<AnswerOutcome>();
        for (int m = 0; m < request.Grades.Length; m++)
        {
            if (request.Grades[m] is { } quality)
            {
                answers.Add(new(m, default, quality));
            }
        }

        return new() { RequestKey = request.Key, Source = request.Source, Answers = answers };
    }

    private string KeyOf(double epoch) => string.Create(CultureInfo.InvariantCulture, $"{_options.Name}:evidence:{epoch}");

    // A delta whose fate is unknown is sent again under its id before anything new.
    private async ValueTask AddAsync(string key, CancellationToken cancellationToken)
    {
        if (_unsent is { } unsent)
        {
            await _stores.Counts.AddAsync(_unsentKey, unsent, cancellationToken).ConfigureAwait(false);
            _unsent = null;
        }

        EvidenceSums taken = _journal.Take();
        if (taken.Sums.Count > 0)
        {
            (_unsent, _unsentKey) = (CountDelta.Of(taken.Sums), key);
            await _stores.Counts.AddAsync(key, _unsent, cancellationToken).ConfigureAwait(false);
            _unsent = null;
        }
    }

    private async ValueTask<PlanProposal> PublishAsync(double epoch, LearnerLease lease, CancellationToken cancellationToken)
    {
        var sums = new EvidenceSums();
        sums.Merge(await _stores.Counts.ReadAsync(KeyOf(epoch), cancellationToken).ConfigureAwait(false));
        IReadOnlyList<string> faded = sums.Faded(FadedShare);
        sums.Merge(await _stores.Counts.ReadAsync(KeyOf(epoch - 1), cancellationToken).ConfigureAwait(false), Math.Pow(2, -EpochLength));
        _journal.Follow(sums);
        PlanProposal proposal = _plans.Learn(sums, Current);
        Volatile.Write(ref _labels, proposal.Labels);
        _believer = proposal.Plan ?? _believer;
        if (proposal is { IsBetter: true, Plan: { } plan })
        {
            using var content = new MemoryStream();
            PolicyFile.Save(plan, content);
            await _stores.Plans.PublishAsync(_options.Name, content.ToArray(), lease.FencingToken, cancellationToken).ConfigureAwait(false);
        }

        if (faded.Count > 0)
        {
            await _stores.Counts.RemoveAsync(KeyOf(epoch), faded, cancellationToken).ConfigureAwait(false);
        }

        return proposal;
    }

    private async ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        if (await _stores.Plans.ReadAsync(_options.Name, cancellationToken).ConfigureAwait(false) is { } newest && newest.Number > PlanVersion)
        {
            Follow(newest);
        }
    }

    private void Follow(PlanVersion version)
    {
        Live before = _live;
        try
        {
            using var content = new MemoryStream(version.Content.ToArray());
            ICascadePolicy policy = PolicyFile.Load(content, $"version {version.Number} of the plan '{_options.Name}'");
            Volatile.Write(ref _live, new(policy, _route(policy), version.Number));
            _believer = policy;
            _telemetry.PlanReplaced(_options.Name, version.Number);
        }
        catch (Exception e) when (e is PlanFormatException or AutoMixConfigurationException)
        {
            // One of other models, or of another version of the library: not tried again.
            Volatile.Write(ref _live, before with { Version = version.Number });
            _telemetry.LearningFailed(e);
        }
    }

    private sealed record Live(ICascadePolicy Policy, CascadeRoutingPolicy Routing, long Version);
}
