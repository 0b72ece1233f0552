using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AutoMix.Replay;

/// <summary>
/// The official OpenAI client pointed at a replay, with the headers that the replay needs taken from each call's
/// <see cref="ChatOptions.AdditionalProperties"/>.
/// </summary>
public sealed class ReplayChatClient : DelegatingChatClient
{
    /// <summary>The key in the additional properties that names the record.</summary>
    public const string RecordProperty = "replay.record";

    private const string PurposeProperty = "automix.purpose";
    private readonly HeaderPolicy _headers;

    private ReplayChatClient(IChatClient inner, HeaderPolicy headers)
        : base(inner) => _headers = headers;

    /// <summary>A client of one recorded model.</summary>
    /// <param name="endpoint">The replay's <see cref="ReplayServer.Endpoint"/>.</param>
    /// <param name="model">The model.</param>
    /// <param name="sendPurpose">Whether to say in a header what each call is for, rather than let the replay find out.</param>
    public static ReplayChatClient Create(Uri endpoint, string model, bool sendPurpose = false)
    {
        var headers = new HeaderPolicy(sendPurpose);
        var options = new OpenAIClientOptions { Endpoint = endpoint };
        options.AddPolicy(headers, PipelinePosition.PerCall);
        var client = new OpenAIClient(new ApiKeyCredential("replay-needs-no-key"), options);
        return new ReplayChatClient(client.GetChatClient(model).AsIChatClient(), headers);
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        _headers.Current = options?.AdditionalProperties;
        return await base.GetResponseAsync(messages, options, cancellationToken);
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _headers.Current = options?.AdditionalProperties;
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            yield return update;
        }
    }

    /// <summary>Sets the headers. The SDK builds its request out of our sight, so they reach it with the flow of the call.</summary>
    private sealed class HeaderPolicy(bool sendPurpose) : PipelinePolicy
    {
        private readonly AsyncLocal<AdditionalPropertiesDictionary?> _current = new();

        public AdditionalPropertiesDictionary? Current
        {
            set => _current.Value = value;
        }

        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            SetHeaders(message);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            SetHeaders(message);
            await ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void SetHeaders(PipelineMessage message)
        {
            if (_current.Value?.TryGetValue(RecordProperty, out string? record) == true)
            {
                message.Request.Headers.Set(ReplayHeaders.Record, record);
            }

            if (sendPurpose && _current.Value?.TryGetValue(PurposeProperty, out string? purpose) == true)
            {
                message.Request.Headers.Set(ReplayHeaders.Purpose, purpose);
            }
        }
    }
}
