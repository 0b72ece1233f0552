using System.ClientModel.Primitives;

namespace AutoMix.Tool.Providers;

/// <summary>Sets the headers of a call and keeps the body of its response. The SDK builds its request out of our sight, so both travel with the flow of the call.</summary>
internal sealed class ExchangePolicy(IEnumerable<KeyValuePair<string, string>> always) : PipelinePolicy
{
    private readonly AsyncLocal<Exchange?> _current = new();

    public Exchange Begin(IEnumerable<KeyValuePair<string, string>>? headers, bool readsBody)
    {
        var exchange = new Exchange(headers, readsBody);
        _current.Value = exchange;
        return exchange;
    }

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        SetHeaders(message);
        ProcessNext(message, pipeline, currentIndex);
        KeepBody(message);
    }

    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        SetHeaders(message);
        await ProcessNextAsync(message, pipeline, currentIndex).ConfigureAwait(false);
        KeepBody(message);
    }

    private void SetHeaders(PipelineMessage message)
    {
        foreach ((string name, string value) in always.Concat(_current.Value?.Headers ?? []))
        {
            message.Request.Headers.Set(name, value);
        }
    }

    private void KeepBody(PipelineMessage message)
    {
        if (_current.Value is { ReadsBody: true } exchange && message.Response is { IsError: false } response)
        {
            exchange.Body = response.Content;
        }
    }
}
