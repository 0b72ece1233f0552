using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// One call that streams to the reader while it runs. Nothing is shown before the first content, so that the request can still go to
/// another model if the call fails before it.
/// </summary>
internal sealed class LiveStream(RequestExecutor executor, AnswerCall answer)
{
    private readonly List<ChatResponseUpdate> _taken = [];
    private readonly List<ChatResponseUpdate> _heldBack = [];
    private readonly StreamMeter _meter = new(answer.Call.Model.Profile.UsageChunks);

    public RoutingAttempt Attempt => answer.Attempt;

    /// <summary>The id that all updates of a draft carry, so that they stay apart from the answer; null if the answer is final.</summary>
    public string? DraftMessageId { get; } = answer.Attempt.IsFinal ? null : $"draft-{answer.Attempt.Index}-{Guid.NewGuid():N}";

    /// <summary>Whether an update has been shown.</summary>
    public bool HasShown { get; private set; }

    /// <summary>The updates of a draft from its first tool call on. They follow when the draft is accepted, since nobody may run the tools of an answer that is taken back.</summary>
    public IReadOnlyList<ChatResponseUpdate> HeldBack => _heldBack;

    /// <summary>Reads the updates that are shown. If the reader stops early, the call is stopped and settled.</summary>
    /// <param name="withdrawal">The withdrawal of the draft before, which is shown first; null if there is none.</param>
    /// <exception cref="StreamInterruptedException">The stream of a final answer failed after something had been shown.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(SupersededUpdate? withdrawal)
    {
        var held = new Queue<ChatResponseUpdate>();
        IAsyncEnumerator<ChatResponseUpdate> stream = answer.Call.StreamAsync().GetAsyncEnumerator();
        Exception? failure = null;
        bool hasEnded = false;
        try
        {
            if (withdrawal is not null)
            {
                yield return withdrawal;
            }

            while (true)
            {
                (ChatResponseUpdate? update, failure) = await NextAsync(stream).ConfigureAwait(false);
                if (update is null)
                {
                    break;
                }

                _taken.Add(update);
                if (_heldBack.Count > 0 || (DraftMessageId is not null && update.Contents.Any(c => c is ToolCallContent or ToolResultContent or InputRequestContent)))
                {
                    _heldBack.Add(update);
                    continue;
                }

                held.Enqueue(update);
                HasShown |= update.Contents.Any(c => !AnswerChecks.IsNothing(c));
                while (HasShown && held.TryDequeue(out ChatResponseUpdate? shown))
                {
                    yield return shown;
                }
            }

            hasEnded = true;
        }
        finally
        {
            if (!hasEnded)
            {
                answer.Call.Stop();
            }

            await stream.DisposeAsync().ConfigureAwait(false);
            if (!hasEnded)
            {
                await executor.AbandonLiveAsync(answer, answer.Call.Complete(_taken, _meter, null)).ConfigureAwait(false);
            }
        }

        CallOutcome outcome = answer.Call.Complete(_taken, _meter, failure);
        await executor.EndLiveAsync(answer, outcome, isInterrupted: outcome.Exception is not null && HasShown && DraftMessageId is null).ConfigureAwait(false);
    }

    /// <summary>Takes the next update as it is shown; none at the end, and none with an exception on failure.</summary>
    private async ValueTask<(ChatResponseUpdate? Update, Exception? Failure)> NextAsync(IAsyncEnumerator<ChatResponseUpdate> stream)
    {
        try
        {
            if (!await stream.MoveNextAsync().ConfigureAwait(false))
            {
                _meter.HasEnded = true;
                return (null, null);
            }

            ChatResponseUpdate update = _meter.Take(stream.Current);
            if (FindError(update) is { } error)
            {
                return (null, error);
            }

            if (DraftMessageId is not null)
            {
                update = ReferenceEquals(update, stream.Current) ? update.Clone() : update;
                update.MessageId = DraftMessageId;
            }

            return (ResponseBuilder.Marked(update, Attempt.ModelName), null);
        }
        catch (Exception e)
        {
            return (null, e);
        }
    }

    private static ErrorContentException? FindError(ChatResponseUpdate update)
    {
        foreach (AIContent content in update.Contents)
        {
            if (content is ErrorContent error)
            {
                (FailureKind kind, string message) = AnswerChecks.Failure(error);
                return new(kind, message);
            }
        }

        return FinishReasons.Failure(update.FinishReason) == FailureKind.CutOff ? new(FailureKind.CutOff, $"The stream ended with '{update.FinishReason}'.") : null;
    }
}
