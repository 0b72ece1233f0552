using System.Collections.Concurrent;
using AutoMix.Learning;
using AutoMix.Policies;

namespace AutoMix;

/// <summary>The answered requests of this process and their grades, until a pass turns them into evidence.</summary>
/// <remarks>Safe for concurrent use, apart from <see cref="CollectInto"/>.</remarks>
internal sealed class AnsweredRequests
{
    private readonly string[] _models;
    private readonly LearningOptions _options;
    private readonly TimeProvider _time;
    private readonly RequestMemory<PendingRequest> _pending;
    private readonly ConcurrentQueue<PendingRequest> _finished = new();
    private readonly ConcurrentQueue<PendingRequest> _graded = new();
    private readonly SourceShares _sources;
    private int _unseen;

    public AnsweredRequests(string[] models, LearningOptions options, TimeProvider time)
    {
        _models = models;
        _options = options;
        _time = time;
        _pending = new(options.PendingCapacity, options.PendingFor, time, Forgotten);
        _sources = new(options.MostShareOfSource);
    }

    /// <summary>The number of requests whose outcome can still be reported.</summary>
    public int Count => _pending.Count;

    /// <summary>Whether a pass should run now, because many requests wait for it.</summary>
    public bool IsFull => Volatile.Read(ref _unseen) >= _options.PendingCapacity;

    public void Add(PendingRequest request)
    {
        _pending.Add(request);

        // If passes fall behind, some requests are not observed, because memory is bounded. They can still be graded.
        if (Volatile.Read(ref _unseen) < 2 * _options.PendingCapacity)
        {
            Interlocked.Increment(ref _unseen);
            _finished.Enqueue(request);
        }
    }

    /// <summary>Grades one answer of a request.</summary>
    /// <returns>False if the request is not remembered (any more), or the model gave no answer to it.</returns>
    /// <exception cref="ArgumentException">A number is out of range, or there is no such model.</exception>
    public bool Grade(string requestId, OutcomeReport outcome)
    {
        outcome.Check();
        int named = outcome.Model is null ? -1 : Array.IndexOf(_models, outcome.Model);
        if (outcome.Model is not null && named < 0)
        {
            throw new ArgumentException($"There is no model '{outcome.Model}'; the models are {string.Join(", ", _models)}.", nameof(outcome));
        }

        if (_pending.Find(requestId) is not { } request)
        {
            return false;
        }

        int model = named < 0 ? request.Returned : named;
        if (request.Answers[model] is null)
        {
            return false;
        }

        if (request.Grade(model, outcome))
        {
            _graded.Enqueue(request);
        }

        return true;
    }

    /// <summary>Moves all requests that have ended, and all grades, into the evidence. Only one pass at a time may call it.</summary>
    public void CollectInto(EvidenceCollector collector)
    {
        while (_finished.TryDequeue(out PendingRequest? request))
        {
            Interlocked.Decrement(ref _unseen);
            collector.Observe(request.Answers, request.IsWhole);
        }

        foreach (PendingRequest request in TakeLabelled())
        {
            if (request.IsWhole)
            {
                collector.Label(request.Label());
            }
            else
            {
                collector.Label(request.Answers, request.Grades);
            }

            if (request.ErrorDollars is { } dollars)
            {
                collector.ErrorCost((double)dollars, request.Propensity);
            }
        }
    }

    // The shares and the trimming bound the influence of sources. A request without a grade has no source, so they pass it.
    private IEnumerable<PendingRequest> TakeLabelled()
    {
        if (_options.ImplicitAfter is { } patience)
        {
            foreach (PendingRequest waiting in _pending.OlderThan(patience).Where(r => r is { IsWhole: true, IsGraded: false }))
            {
                _graded.Enqueue(waiting);
            }
        }

        var batch = new List<PendingRequest>();
        while (_graded.TryDequeue(out PendingRequest? request))
        {
            _pending.Take(request);
            if (request.TryClaim() && (!request.IsGraded || _sources.TryTake(request.Source, 1 / request.Propensity)))
            {
                batch.Add(request);
            }
        }

        PolicyOutcome[] grades = [.. batch.Where(r => r.IsGraded).Select(r => r.AsOutcome())];
        HashSet<string> kept = [.. Learners.WithoutOutlyingSources(grades, _models.Length, _options.Trim).Select(o => o.Source)];
        return batch.Where(r => !r.IsGraded || kept.Contains(r.Source));
    }

    // A request that is forgotten before a pass comes may have waited long enough to be labelled without a grade.
    private void Forgotten(PendingRequest request)
    {
        if (request is { IsWhole: true, IsGraded: false } && _options.ImplicitAfter is { } patience && _time.GetUtcNow() - request.At >= patience)
        {
            _graded.Enqueue(request);
        }
    }
}
