using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Tests;

/// <summary>A model that follows a script: one reply a call, the same without and with streaming.</summary>
internal sealed class ScriptedClient : IChatClient
{
    private readonly Func<Call, CancellationToken, Task<Reply>> _script;
    private readonly ChatClientMetadata _metadata;
    private int _running;

    public ScriptedClient(Func<Call, CancellationToken, Task<Reply>> script, string? modelId = null)
    {
        _script = script;
        _metadata = new("scripted", null, modelId);
    }

    public ScriptedClient(Func<Call, Reply> script, string? modelId = null)
        : this((call, _) => Task.FromResult(script(call)), modelId)
    {
    }

    public static ScriptedClient Answering(string text, long input = 10, long output = 5) => new(_ => Reply.Of(text, input, output));

    public static ScriptedClient Failing(Func<Exception> exception) => new(_ => throw exception());

    public List<Call> Calls { get; } = [];

    public IEnumerable<Call> Answers => Calls.Where(c => !c.IsVerification);

    public IEnumerable<Call> Verifications => Calls.Where(c => c.IsVerification);

    public int Running => _running;

    public int Disposals { get; private set; }

    public int StreamsClosed { get; private set; }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Call call = Note(messages, options, streaming: false);
        Interlocked.Increment(ref _running);
        try
        {
            Reply reply = await _script(call, cancellationToken);
            return reply.FailAfter is { } failure ? throw failure : reply.ToResponse();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Call call = Note(messages, options, streaming: true);
        Interlocked.Increment(ref _running);
        try
        {
            Reply reply = await _script(call, cancellationToken);
            foreach (ChatResponseUpdate update in reply.ToUpdates())
            {
                yield return update;
                if (reply.Gate is { } gate)
                {
                    await gate.WaitAsync(cancellationToken);
                }
            }

            if (reply.FailAfter is { } failure)
            {
                throw failure;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            StreamsClosed++;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceKey is null && serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose() => Disposals++;

    private Call Note(IEnumerable<ChatMessage> messages, ChatOptions? options, bool streaming)
    {
        lock (Calls)
        {
            var call = new Call(Calls.Count, [.. messages], options, streaming);
            Calls.Add(call);
            return call;
        }
    }

    internal sealed record Call(int Index, IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, bool IsStreaming)
    {
        public bool IsVerification => Options?.AdditionalProperties?.TryGetValue(RequestTags.Purpose, out object? purpose) == true
            && RequestTags.Verification.Equals(purpose);
    }

    internal sealed record Reply
    {
        public required IList<AIContent> Contents { get; init; }

        public UsageDetails? Usage { get; init; }

        public ChatFinishReason? FinishReason { get; init; } = ChatFinishReason.Stop;

        /// <summary>Thrown by a stream after its updates, and by a call instead of an answer.</summary>
        public Exception? FailAfter { get; init; }

        /// <summary>Entered after each update of a stream.</summary>
        public SemaphoreSlim? Gate { get; init; }

        public string? ConversationId { get; init; }

        public string? ModelId { get; init; }

        /// <summary>What a stream yields instead of one update a content.</summary>
        public IReadOnlyList<ChatResponseUpdate>? Updates { get; init; }

        public static Reply Of(string text, long input = 10, long output = 5) => new()
        {
            Contents = [new TextContent(text)],
            Usage = new() { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output },
        };

        public static Reply Of(params AIContent[] contents) => new()
        {
            Contents = contents,
            Usage = new() { InputTokenCount = 10, OutputTokenCount = 5, TotalTokenCount = 15 },
        };

        public ChatResponse ToResponse() => new(new ChatMessage(ChatRole.Assistant, [.. Contents]) { MessageId = "m1" })
        {
            ResponseId = "r1",
            ConversationId = ConversationId,
            ModelId = ModelId,
            FinishReason = FinishReason,
            Usage = Usage,
        };

        public IEnumerable<ChatResponseUpdate> ToUpdates()
        {
            if (Updates is not null)
            {
                foreach (ChatResponseUpdate update in Updates)
                {
                    yield return update;
                }

                yield break;
            }

            foreach (AIContent content in Contents)
            {
                yield return Update(content);
            }

            if (FailAfter is null)
            {
                ChatResponseUpdate last = Update(Usage is null ? null : new UsageContent(Usage));
                last.FinishReason = FinishReason;
                yield return last;
            }
        }

        private ChatResponseUpdate Update(AIContent? content) => new(ChatRole.Assistant, content is null ? [] : [content])
        {
            MessageId = "m1",
            ResponseId = "r1",
            ConversationId = ConversationId,
            ModelId = ModelId,
        };
    }
}
