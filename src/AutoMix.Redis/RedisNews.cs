using StackExchange.Redis;

namespace AutoMix;

/// <summary>Hears on a channel that there is something new.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class RedisNews : IDisposable
{
    private readonly SemaphoreSlim _news = new(0);
    private readonly RedisConnection _connection;
    private readonly RedisChannel _channel;

    // One delegate for all tries: the client removes a handler by its identity.
    private readonly Action<RedisChannel, RedisValue> _handler;
    private Task<ISubscriber>? _subscribing;

    public RedisNews(RedisConnection connection, string channel)
    {
        _connection = connection;
        _channel = RedisChannel.Literal(channel);
        _handler = (_, _) => Signal();
    }

    /// <summary>Subscribes where that has not succeeded yet. After a broken connection the client subscribes again by itself.</summary>
    public async ValueTask ListenAsync(CancellationToken cancellationToken)
    {
        // A try that takes longer than the time limit may succeed yet: it is waited for, and no other is made beside it.
        if (_subscribing is null or { IsFaulted: true } or { IsCanceled: true })
        {
            _subscribing = SubscribeAsync();
        }

        if (!_subscribing.IsCompletedSuccessfully)
        {
            await _connection.WithinAsync(() => _subscribing, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for a message, or for the time to look without one: what was said while the connection was broken is found by looking.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task message = _news.WaitAsync(wait.Token);
        await Task.WhenAny(message, Task.Delay(_connection.PollInterval, _connection.Time, wait.Token)).ConfigureAwait(false);
        await wait.CancelAsync().ConfigureAwait(false);
        await message.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the subscription; one that is on its way, as soon as it has arrived.</summary>
    public void Dispose()
    {
        if (_subscribing is not null)
        {
            _ = EndAsync(_subscribing);
        }

        _news.Dispose();
    }

    private async Task<ISubscriber> SubscribeAsync()
    {
        ISubscriber subscriber = (await _connection.ConnectAsync().ConfigureAwait(false)).GetSubscriber();
        try
        {
            await subscriber.SubscribeAsync(_channel, _handler).ConfigureAwait(false);
            return subscriber;
        }
        catch
        {
            // The client keeps the handler of a try that failed, and would call it once for each.
            await UnsubscribeAsync(subscriber).ConfigureAwait(false);
            throw;
        }
    }

    private async Task EndAsync(Task<ISubscriber> subscribing)
    {
        try
        {
            await UnsubscribeAsync(await subscribing.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // It never was, or ended with its connection.
        }
    }

    private Task UnsubscribeAsync(ISubscriber subscriber) => subscriber.UnsubscribeAsync(_channel, _handler, CommandFlags.FireAndForget);

    private void Signal()
    {
        try
        {
            _news.Release();
        }
        catch (ObjectDisposedException)
        {
            // A message that came as the watch ended.
        }
    }
}
