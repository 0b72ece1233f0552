using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>The updates of one request, in order: live ones, drafts and their withdrawal, the replay of a buffered answer, the last.</summary>
internal sealed class AnswerStream(RequestRun run) : IAsyncDisposable
{
    private readonly Queue<ChatResponseUpdate> _ready = new();
    private HashSet<string>? _withdrawn;
    private LiveStream? _live;
    private RoutingAttempt? _shownAttempt;
    private string? _shownDraft;
    private IReadOnlyList<ChatResponseUpdate> _heldBack = [];
    private ChatResponseUpdate? _last;
    private Exception? _failure;
    private bool _ended;
    private bool _closed;

    public ChatResponseUpdate Current { get; private set; } = null!;

    // A reader waits for each update in turn, so that the state of one wait serves the next.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            run.Resume();
            return await NextAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_live is not null)
        {
            await _live.DisposeAsync().ConfigureAwait(false);
        }

        run.Complete(_failure);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> NextAsync()
    {
        while (true)
        {
            if (_ready.TryDequeue(out ChatResponseUpdate? ready))
            {
                Current = ready;
                return true;
            }

            if (_ended)
            {
                return Ended();
            }

            if (_live is not null)
            {
                if (await _live.MoveNextAsync().ConfigureAwait(false))
                {
                    Current = _last = _live.Current;
                    return true;
                }

                if (_live.HasShown)
                {
                    (_shownDraft, _heldBack) = (_live.DraftMessageId, _live.HeldBack);
                }
                else
                {
                    _shownAttempt = null;
                }

                _live = null;
            }

            if (await run.AdvanceAsync().ConfigureAwait(false) is { } attempt)
            {
                Withdraw();
                _shownAttempt = attempt;
                _live = run.OpenLive(attempt);
                continue;
            }

            if (!run.HasAnswer && _shownDraft is not null)
            {
                // The exception alone would leave the text of a draft standing.
                Withdraw();
                continue;
            }

            _ended = true;
            run.ThrowIfNothing();
            RoutingAttempt chosen = run.Chosen!;
            if (!ReferenceEquals(chosen, _shownAttempt))
            {
                Withdraw();
                Replay(chosen);
            }

            foreach (ChatResponseUpdate update in _heldBack)
            {
                _last = update;
                _ready.Enqueue(update);
            }
        }
    }

    // The record is made when its update is due, not before: a reader that stops earlier has not been answered.
    private bool Ended()
    {
        if (_closed)
        {
            return false;
        }

        _closed = true;
        Current = ResponseBuilder.LastUpdate(run.Chosen!, _last, run.TotalUsage(), run.Record);
        return true;
    }

    private void Withdraw()
    {
        if (_shownAttempt is { } shown && _shownDraft is { } draft)
        {
            (_withdrawn ??= new(StringComparer.Ordinal)).Add(draft);
            _ready.Enqueue(new SupersededUpdate(draft, shown.ModelName, shown.Rejection ?? (shown.Error is null ? null : "the call failed")));
        }

        (_shownAttempt, _shownDraft, _heldBack) = (null, null, []);
    }

    private void Replay(RoutingAttempt chosen)
    {
        if (chosen.Updates is not { } updates)
        {
            return;
        }

        _ready.EnsureCapacity(updates.Count + 1);
        foreach (ChatResponseUpdate update in updates)
        {
            ChatResponseUpdate marked = ResponseBuilder.Marked(update, chosen.ModelName);
            if (_withdrawn is not null && marked.MessageId is { } id && _withdrawn.Contains(id))
            {
                // A draft that was taken back and is chosen after all is a message of its own.
                marked = ReferenceEquals(marked, update) ? update.Clone() : marked;
                marked.MessageId = $"{id}-chosen";
            }

            _last = marked;
            _ready.Enqueue(marked);
        }
    }
}
