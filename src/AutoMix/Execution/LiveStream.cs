using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// One call that streams to the reader while it runs. Nothing is passed on before the first content, so that a failure before
/// it can still go to another model; from then on there is no way back.
/// </summary>
internal sealed class LiveStream(RequestRun run, RoutingAttempt attempt, ModelCall call, bool isDraft) : IAsyncDisposable
{
    private readonly List<ChatResponseUpdate> _taken = [];
    private readonly Queue<ChatResponseUpdate> _held = new();
    private readonly List<ChatResponseUpdate> _heldBack = [];
    private CallStream? _stream;
    private bool _shown;
    private bool _ended;

    public ChatResponseUpdate Current { get; private set; } = null!;

    /// <summary>The id that all updates of a draft carry, so that they stay apart from the answer.</summary>
    public string? DraftMessageId { get; } = isDraft ? $"draft-{attempt.Index}-{Guid.NewGuid():N}" : null;

    /// <summary>Whether anything has been passed on.</summary>
    public bool HasShown => _shown;

    /// <summary>
    /// What follows only once a draft is accepted: from its first tool call on, since whoever runs tools must not run those of an
    /// answer that is taken back.
    /// </summary>
    public IReadOnlyList<ChatResponseUpdate> HeldBack => _heldBack;

    /// <summary>Moves to the next update that the reader is to see.</summary>
    /// <exception cref="StreamInterruptedException">The stream failed after something had been shown.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> MoveNextAsync()
    {
        while (true)
        {
            if (_shown && _held.TryDequeue(out ChatResponseUpdate? ready))
            {
                Current = ready;
                return true;
            }

            if (_ended)
            {
                return false;
            }

            (ChatResponseUpdate? update, Exception? failure) = await ReadAsync().ConfigureAwait(false);
            if (update is null)
            {
                await EndAsync(failure).ConfigureAwait(false);
                continue;
            }

            _taken.Add(update);
            if (_heldBack.Count > 0 || (isDraft && update.Contents.Any(c => c is ToolCallContent or ToolResultContent or InputRequestContent)))
            {
                _heldBack.Add(update);
                continue;
            }

            if (_shown)
            {
                Current = update;
                return true;
            }

            _held.Enqueue(update);
            _shown = HasContent(update);
        }
    }

    /// <summary>Ends the call where the reader has stopped early.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        call.Stop();
        await CloseAsync().ConfigureAwait(false);
        call.Complete(_taken, null);
        await run.LiveAbandonedAsync(attempt, call).ConfigureAwait(false);
    }

    /// <summary>The next update as it is passed on; none at the end and on failure.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(ChatResponseUpdate? Update, Exception? Failure)> ReadAsync()
    {
        try
        {
            _stream ??= call.Open();
            if (!await _stream.MoveNextAsync().ConfigureAwait(false))
            {
                call.Meter!.HasEnded = true;
                return (null, null);
            }

            ChatResponseUpdate original = _stream.Current;
            ChatResponseUpdate update = call.Meter!.Take(original);
            if (FindError(update) is { } error)
            {
                return (null, error);
            }

            if (DraftMessageId is not null)
            {
                update = ReferenceEquals(update, original) ? update.Clone() : update;
                update.MessageId = DraftMessageId;
            }

            return (ResponseBuilder.Marked(update, attempt.ModelName), null);
        }
        catch (Exception e)
        {
            return (null, e);
        }
    }

    private async ValueTask EndAsync(Exception? exception)
    {
        _ended = true;
        await CloseAsync().ConfigureAwait(false);
        if (!call.Complete(_taken, exception) && _shown && !isDraft)
        {
            throw await run.LiveFailedAsync(attempt, call).ConfigureAwait(false);
        }

        if (!_shown)
        {
            _held.Clear();
        }

        await run.LiveEndedAsync(attempt, call).ConfigureAwait(false);
    }

    private ValueTask CloseAsync() => _stream is null ? default : _stream.CloseAsync();

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

    private static bool HasContent(ChatResponseUpdate update)
    {
        foreach (AIContent content in update.Contents)
        {
            if (!AnswerChecks.IsNothing(content))
            {
                return true;
            }
        }

        return false;
    }
}
