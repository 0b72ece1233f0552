using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// A chat client over several models: a small one answers, its answer is verified, and a policy decides whether to accept it,
/// verify more, call another model or abstain.
/// </summary>
/// <remarks>
/// <para>Safe for concurrent use. Make one with <c>ChatClientBuilder.UseAutoMix</c> or <c>services.AddAutoMixChatClient</c>.</para>
/// <para>Disposing it disposes, once each, the clients that it owns: the inner client, and those added as an instance or through a
/// factory without leaveOpen. A keyed model stays open. A factory that takes its client from the services needs leaveOpen, since
/// the container disposes what it made. Verifiers and policies added by their type are disposed too, where they are not services.</para>
/// <para>The response's usage is the sum over all calls; its <see cref="RoutingRecord"/> has the breakdown.</para>
/// </remarks>
public sealed class AutoMixChatClient : IChatClient
{
    private readonly Pipeline _pipeline;
    private readonly ChatClientMetadata _metadata;
    private RoutingRecord? _lastRecord;
    private int _disposed;

    internal AutoMixChatClient(Pipeline pipeline)
    {
        _pipeline = pipeline;
        ChatClientMetadata? first = pipeline.Models[0].Client.GetService<ChatClientMetadata>();
        _metadata = new("automix", first?.ProviderUri, first?.DefaultModelId);
    }

    /// <summary>
    /// Changes whenever the pipeline would answer differently: its policy, models, prices, verifiers and thresholds. Put it into
    /// the key of a cache above, as with <c>DistributedCachingChatClient.CacheKeyAdditionalValues</c>.
    /// </summary>
    public string Fingerprint => _pipeline.Fingerprint;

    /// <summary>The names of the models, cheapest first.</summary>
    public IReadOnlyList<string> Models => Array.ConvertAll(_pipeline.Profiles, p => p.Name);

    /// <summary>The state of each model's circuit, cheapest model first, as for a dashboard or a health check.</summary>
    public IReadOnlyList<ModelStatus> GetModelStatus() => Array.ConvertAll(_pipeline.Models, model => new ModelStatus(model.Name, model.Circuit.OpenFor));

    /// <inheritdoc/>
    /// <exception cref="NoUsableAnswerException">No model gave an answer that can be returned.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var executor = new RequestExecutor(_pipeline, messages, options, isStreaming: false, cancellationToken);
        try
        {
            return await executor.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _lastRecord = executor.Record;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The same decisions as without streaming. Only an answer that the policy has promised to accept streams live; any other is
    /// buffered and passed on once it is accepted. The last update carries the record and the usage of all calls. A reader that
    /// stops early stops what runs.
    /// </remarks>
    /// <exception cref="NoUsableAnswerException">No model gave an answer that can be returned; nothing has been shown.</exception>
    /// <exception cref="StreamInterruptedException">The answer broke off after a part of it had been shown.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var executor = new RequestExecutor(_pipeline, messages, options, isStreaming: true, cancellationToken);
        try
        {
            await foreach (ChatResponseUpdate update in new AnswerStream(executor).ReadAsync().ConfigureAwait(false))
            {
                yield return update;
            }
        }
        finally
        {
            _lastRecord = executor.Record;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Returns this client, its <see cref="ChatClientMetadata"/>, its <see cref="IRoutingPolicy"/> and that policy's parts, such as the
    /// <see cref="OnlineLearner"/>, the <see cref="RoutingRecord"/> of the request that ended last (for diagnostics; concurrent requests
    /// overwrite it), and with a model's name as the key that model's <see cref="IChatClient"/> or <see cref="ModelProfile"/>. Anything else
    /// is asked of the first model's client.
    /// </remarks>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is string name)
        {
            foreach (ChatModel model in _pipeline.Models)
            {
                if (string.Equals(model.Name, name, StringComparison.Ordinal))
                {
                    return serviceType == typeof(ModelProfile) ? model.Profile
                        : serviceType == typeof(IChatClient) ? model.Client
                        : model.Client.GetService(serviceType);
                }
            }
        }

        if (serviceKey is null)
        {
            if (serviceType.IsInstanceOfType(this))
            {
                return this;
            }

            if (serviceType == typeof(ChatClientMetadata))
            {
                return _metadata;
            }

            if (serviceType == typeof(RoutingRecord))
            {
                return _lastRecord;
            }

            if (_pipeline.Policy.GetService(serviceType) is { } part)
            {
                return part;
            }
        }

        return _pipeline.Models[0].Client.GetService(serviceType, serviceKey);
    }

    internal bool Report(RoutingRecord record, OutcomeReport outcome)
    {
        if (outcome.Model is null || outcome.Model == record.Model)
        {
            _pipeline.Outcomes?.Report(record, outcome.Quality);
        }

        return _pipeline.Policy.OnOutcome(record, outcome);
    }

    /// <summary>Disposes the clients, verifiers and policies that this one owns, once each.</summary>
    /// <exception cref="AggregateException">Some of them have thrown; the others are disposed all the same.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Disposal.OfAll([.. _pipeline.Models.Where(m => m.Owned).Select(m => m.Client), .. _pipeline.OwnedParts]);
    }
}
