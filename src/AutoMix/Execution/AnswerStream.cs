using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The updates of one request, in order: live ones, drafts and their withdrawal, the replay of a buffered answer, the last update.</summary>
internal sealed class AnswerStream(RequestExecutor executor)
{
    private readonly HashSet<string> _withdrawn = new(StringComparer.Ordinal);

    /// <summary>Runs the request while its updates are read. If the reader stops early, the call that runs is stopped and settled.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> ReadAsync()
    {
        IAsyncEnumerator<ChatResponseUpdate> updates = UpdatesAsync().GetAsyncEnumerator();
        Exception? failure = null;
        try
        {
            while (await MoveNextAsync().ConfigureAwait(false))
            {
                yield return updates.Current;
            }
        }
        finally
        {
            await updates.DisposeAsync().ConfigureAwait(false);
            executor.Complete(failure);
        }

        // An iterator cannot yield within a try that has a catch.
        async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                executor.Resume();
                return await updates.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failure = e;
                throw;
            }
        }
    }

    private async IAsyncEnumerable<ChatResponseUpdate> UpdatesAsync()
    {
        LiveStream? shown = null;
        ChatResponseUpdate? last = null;
        executor.Admit();
        while (await executor.AdvanceAsync().ConfigureAwait(false) is { } call)
        {
            // The call has been paid for, so that whatever is shown from here on is shown where leaving it settles the call.
            var live = new LiveStream(executor, call);
            await foreach (ChatResponseUpdate update in live.ReadAsync(Withdraw(shown)).ConfigureAwait(false))
            {
                last = update is SupersededUpdate ? last : update;
                yield return update;
            }

            shown = live.HasShown ? live : null;
        }

        // A draft is also taken back before an exception, which would leave its text standing.
        RoutingAttempt? chosen = executor.Chosen;
        if ((chosen is null || !ReferenceEquals(chosen, shown?.Attempt)) && Withdraw(shown) is { } refused)
        {
            yield return refused;
        }

        chosen = executor.ChosenOrThrow();
        foreach (ChatResponseUpdate update in ReferenceEquals(chosen, shown?.Attempt) ? shown!.HeldBack : Replay(chosen))
        {
            yield return last = update;
        }

        // The record is made when its update is due. A reader that stops earlier has not been answered.
        yield return ResponseBuilder.LastUpdate(chosen, last, executor.TotalUsage(), executor.Record);
    }

    private SupersededUpdate? Withdraw(LiveStream? shown)
    {
        if (shown?.DraftMessageId is not { } draft)
        {
            return null;
        }

        _withdrawn.Add(draft);
        return new(draft, shown.Attempt.ModelName, shown.Attempt.Rejection ?? (shown.Attempt.Error is null ? null : "the call failed"));
    }

    private IEnumerable<ChatResponseUpdate> Replay(RoutingAttempt chosen)
    {
        foreach (ChatResponseUpdate update in chosen.Result.Updates ?? [])
        {
            ChatResponseUpdate marked = ResponseBuilder.Marked(update, chosen.ModelName);
            if (marked.MessageId is { } id && _withdrawn.Contains(id))
            {
                // A draft that was taken back and is chosen after all is a message of its own.
                marked = ReferenceEquals(marked, update) ? update.Clone() : marked;
                marked.MessageId = $"{id}-chosen";
            }

            yield return marked;
        }
    }
}
