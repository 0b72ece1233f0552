using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The calls of one verification. They end when the verification is over, even if the verifier goes on.</summary>
internal sealed class VerificationCalls(RequestScope scope) : IVerificationCalls, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _over = scope.Time.NewStop();
    private readonly List<(UsageDetails? Usage, Spend Spend)> _bills = [];
    private Task _asking = Task.CompletedTask;
    private bool _closed;

    /// <summary>The number of calls that were made.</summary>
    public int Count => _bills.Count;

    public Spend Spend => _bills.Aggregate(default(Spend), static (sum, bill) => sum + bill.Spend);

    /// <summary>The limit that refused calls; null if none did.</summary>
    public LimitKind? Limit { get; private set; }

    /// <summary>Adds up the reported usage; null if none was reported.</summary>
    public UsageDetails? TotalUsage()
    {
        UsageDetails? total = null;
        foreach ((UsageDetails? usage, _) in _bills)
        {
            if (usage is not null)
            {
                (total ??= new()).Add(usage);
            }
        }

        return total;
    }

    /// <summary>Runs a verifier under a time limit. Afterwards none of its calls runs any more.</summary>
    public async Task<Verdict> RunAsync(IVerifier verifier, VerificationContext context, TimeSpan? limit)
    {
        long started = scope.State.Now;
        using CancellationTokenRegistration link = scope.Cancellation.UnsafeRegister(static over => ((CancellationTokenSource)over!).Cancel(), _over);
        try
        {
            Task<Verdict> verifying = verifier.VerifyAsync(context, _over.Token).AsTask();
            if (verifying.IsCompleted)
            {
                return await verifying.ConfigureAwait(false);
            }

            if (limit is { } most)
            {
                TimeSpan left = most - scope.Pipeline.Time.GetElapsedTime(started);
                _over.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }

            try
            {
                return await verifying.WaitAsync(_over.Token).ConfigureAwait(false);
            }
            catch when (!verifying.IsCompleted)
            {
                PaidCall.Forget(verifying);
                throw;
            }
            finally
            {
                scope.State.Tick();
            }
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
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

        Task<VerificationReply[]> asking;
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

            _asking = asking = AskAllAsync([.. messages], options, scope.Pipeline.Models[scope.State.ModelIndex(model)], cancellationToken);
        }

        return await asking.ConfigureAwait(false);
    }

    public void Dispose() => _over.Dispose();

    // Calls that the verifier has not waited for end with it. Their costs belong to this verification.
    private async Task CloseAsync()
    {
        Task asking;
        lock (_gate)
        {
            _closed = true;
            asking = _asking;
        }

        if (!asking.IsCompleted)
        {
            await _over.CancelAsync().ConfigureAwait(false);
        }

        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<VerificationReply[]> AskAllAsync(ChatMessage[] messages, IReadOnlyList<ChatOptions> options, ChatModel model, CancellationToken cancellationToken)
    {
        // Whatever token a verifier passes on, its calls end when the verification does.
        using CancellationTokenSource? either = cancellationToken.CanBeCanceled && cancellationToken != _over.Token
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _over.Token)
            : null;
        CancellationToken stopped = either?.Token ?? _over.Token;
        scope.State.Tick();
        var replies = new VerificationReply[options.Count];
        if (Admission.WhyUnreadable(model.Profile, messages) is { } unreadable)
        {
            return Refuse(unreadable);
        }

        ChatMessage[] sent = RequestMessages.For(model.Name, messages, []);
        CallRequest[] requests = [.. options.Select(o => new CallRequest(model, sent, RequestMessages.OptionsForVerification(model.Profile, o, scope.State.Options)))];
        (PaidCall[] calls, Refusal? refusal) = await PaidCall.BeginAsync(scope, requests, stopped).ConfigureAwait(false);
        if (refusal is not null)
        {
            Limit = refusal.Limit ?? Limit;
            return Refuse(refusal.Reason);
        }

        CallOutcome[] outcomes = await Task.WhenAll(calls.Select(call => call.RunAsync(stream: false).AsTask())).ConfigureAwait(false);
        for (int i = 0; i < calls.Length; i++)
        {
            replies[i] = await ConcludeAsync(calls[i], outcomes[i]).ConfigureAwait(false);
        }

        stopped.ThrowIfCancellationRequested();
        return replies;

        VerificationReply[] Refuse(string why)
        {
            Array.Fill(replies, new(null, $"the model '{model.Name}' cannot be asked: {why}"));
            return replies;
        }
    }

    private async Task<VerificationReply> ConcludeAsync(PaidCall call, CallOutcome outcome)
    {
        scope.State.Tick();
        FailureKind? failure = call.FailureOf(outcome)?.Kind;
        string? why = null;
        if (outcome.Exception is { } exception)
        {
            // Providers quote the request in their errors, and records hold no text of requests.
            why = $"{failure}: {(scope.Pipeline.Options.EnableSensitiveData ? exception.Message : exception.GetType().Name)}";
        }
        else if (outcome.Response is null || AnswerChecks.Failure(outcome.Response) is not null)
        {
            failure = FailureKind.Empty;
            why = "the model answered with nothing or with an error";
        }

        (Spend spend, _) = await call.SettleAsync(outcome, failure, outcome.Exception, "verification").ConfigureAwait(false);
        _bills.Add((outcome.Usage, spend));
        return failure is null ? new(outcome.Response, null) : new(null, why);
    }
}
