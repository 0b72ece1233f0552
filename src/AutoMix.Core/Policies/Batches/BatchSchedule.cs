namespace AutoMix.Policies;

/// <summary>Who answers which request of a batch, in which order, and what is expected of it.</summary>
public sealed class BatchSchedule
{
    internal BatchSchedule(IReadOnlyList<int> models, IReadOnlyList<IReadOnlyList<int>> queues, double expectedQuality, double expectedDollars, double expectedSeconds)
    {
        Models = models;
        Queues = queues;
        ExpectedQuality = expectedQuality;
        ExpectedDollars = expectedDollars;
        ExpectedSeconds = expectedSeconds;
    }

    /// <summary>Index of the model for each request.</summary>
    public IReadOnlyList<int> Models { get; }

    /// <summary>For each model, its requests in the order in which they are started.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Queues { get; }

    /// <summary>Mean quality expected.</summary>
    public double ExpectedQuality { get; }

    /// <summary>Dollars expected for the whole batch.</summary>
    public double ExpectedDollars { get; }

    /// <summary>Seconds until the last answer, by simulation.</summary>
    public double ExpectedSeconds { get; }

    /// <summary>Runs the batch: all models at the same time, each its queue in order on its slots.</summary>
    /// <param name="slots">Calls that each model serves at the same time, in the order of the models.</param>
    /// <param name="answer">Has a request (index) answered by a model (index). Called concurrently.</param>
    /// <param name="cancellationToken">Ends the batch: no further request is started.</param>
    /// <exception cref="ArgumentException">There is not one slot or more for each model.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <remarks>The first failure of <paramref name="answer"/> cancels what is running, starts nothing more, and is thrown.</remarks>
    public async Task RunAsync(IReadOnlyList<int> slots, Func<int, int, CancellationToken, Task> answer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentNullException.ThrowIfNull(answer);
        if (slots.Count != Queues.Count || slots.Any(count => count < 1))
        {
            throw new ArgumentException($"Give at least one slot for each of the {Queues.Count} models.", nameof(slots));
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? failure = null;
        try
        {
            await Task.WhenAll(Queues.Select((queue, model) => Parallel.ForEachAsync(
                queue,
                new ParallelOptions { MaxDegreeOfParallelism = slots[model], CancellationToken = ended.Token },
                (request, token) => AnswerAsync(request, model, token)))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (failure is not null)
        {
            // What a failure cancelled is not what went wrong.
        }

        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        async ValueTask AnswerAsync(int request, int model, CancellationToken token)
        {
            // The loop learns of the cancellation only once the token's callbacks have run; until then it would start requests.
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await answer(request, model, token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !token.IsCancellationRequested)
            {
                Interlocked.CompareExchange(ref failure, e, null);
                await ended.CancelAsync().ConfigureAwait(false);
                token.ThrowIfCancellationRequested();
            }
        }
    }
}
