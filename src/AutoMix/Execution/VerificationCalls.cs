using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The calls of one verification: metered, and closed when the verification is over, whatever the verifier still does.</summary>
internal sealed class VerificationCalls(RequestRun run) : IVerificationCalls
{
    private readonly Lock _gate = new();
    private Task _asking = Task.CompletedTask;
    private bool _closed;

    public int Count { get; private set; }

    public UsageDetails? Usage { get; private set; }

    public decimal Cost { get; private set; }

    public bool CostIsEstimated { get; private set; }

    public bool CostIsIncomplete { get; private set; }

    public LimitKind? Limit { get; set; }

    public void Add(UsageDetails? usage, in CallCost cost)
    {
        Count++;
        Cost += cost.Dollars;
        CostIsEstimated |= cost.IsEstimated;
        CostIsIncomplete |= cost.IsIncomplete;
        if (usage is not null)
        {
            (Usage ??= new()).Add(usage);
        }
    }

    /// <summary>Runs a verifier under a time limit; afterwards no call of it runs any more.</summary>
    public async ValueTask<Verdict> RunAsync(IVerifier verifier, VerificationContext context, TimeSpan? limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = run.StopAfter(limit);
        await using ConfiguredAsyncDisposable link = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), stop).ConfigureAwait(false);
        try
        {
            ValueTask<Verdict> verifying = verifier.VerifyAsync(context, stop.Token);
            if (verifying.IsCompleted)
            {
                return await verifying.ConfigureAwait(false);
            }

            Task<Verdict> task = verifying.AsTask();
            try
            {
                return await task.WaitAsync(stop.Token).ConfigureAwait(false);
            }
            catch when (!task.IsCompleted)
            {
                _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw;
            }
        }
        finally
        {
            Task asking;
            lock (_gate)
            {
                _closed = true;
                asking = _asking;
            }

            // The calls end as soon as their token fires; their costs belong to this verification.
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask<IReadOnlyList<VerificationReply>> AskAllAsync(
        IReadOnlyList<ChatMessage> messages,
        IReadOnlyList<ChatOptions> options,
        string model,
        CancellationToken cancellationToken)
    {
        if (options.Count == 0)
        {
            return [];
        }

        Task<IReadOnlyList<VerificationReply>> asking;
        lock (_gate)
        {
            if (_closed)
            {
                throw new VerificationCallException("The verification is over; no more calls can be made.");
            }

            if (!_asking.IsCompleted)
            {
                throw new VerificationCallException("The verification is asking already; ask several things at once with AskAllAsync.");
            }

            asking = run.AskAllAsync(this, messages, options, model, cancellationToken).AsTask();
            _asking = asking;
        }

        return await asking.ConfigureAwait(false);
    }
}
