using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AutoMix.Tests.Faults;

/// <summary>A model that fails, stalls, cuts streams and answers garbage, decided by the request's id and the call's number.</summary>
internal sealed class FaultyClient(string name, int seed, ModelPrice price, TimeProvider time) : IChatClient
{
    private readonly ConcurrentDictionary<string, int> _callsOf = new();
    private readonly ConcurrentDictionary<string, decimal> _billed = new();
    private int _running;
    private int _streams;
    private int _calls;

    public int Running => _running;

    public int OpenStreams => _streams;

    public int Calls => _calls;

    /// <summary>What a request certainly owes this model: the calls that it answered in full.</summary>
    public decimal BilledTo(string request) => _billed.GetValueOrDefault(request);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _running);
        try
        {
            (string request, Random random, Fate fate, bool verification) = Draw(options);
            await SufferAsync(fate, random, cancellationToken);
            UsageDetails usage = new() { InputTokenCount = random.Next(5, 50), OutputTokenCount = random.Next(1, 20) };
            AIContent content = fate switch
            {
                Fate.Empty => new TextContent(""),
                Fate.Blank => new TextContent(" \n"),
                Fate.ErrorInside => new ErrorContent("the server is overloaded"),
                _ => new TextContent(verification ? $"Verification Decision: {(random.Next(2) == 0 ? "Correct" : "Incorrect")}" : $"{name} answers {request}"),
            };
            Bill(request, usage);
            return new(new ChatMessage(ChatRole.Assistant, [content])) { Usage = usage, FinishReason = ChatFinishReason.Stop };
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
        Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _running);
        Interlocked.Increment(ref _streams);
        try
        {
            (string request, Random random, Fate fate, _) = Draw(options);
            await SufferAsync(fate, random, cancellationToken);
            if (fate is Fate.Empty)
            {
                yield break;
            }

            for (int i = 0; i < 4; i++)
            {
                if (i == 2 && fate is Fate.BreaksOff)
                {
                    throw new IOException("connection reset");
                }

                if (i == 2 && fate is Fate.CutOff)
                {
                    yield break;
                }

                if (random.Next(3) == 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(random.Next(400)), time, cancellationToken);
                }

                yield return new(ChatRole.Assistant, fate switch
                {
                    Fate.Blank => " ",
                    _ => i == 0 ? $"{name} " : i == 1 ? "answers " : i == 2 ? request : ".",
                });
            }

            if (fate is Fate.ErrorInside)
            {
                yield return new(ChatRole.Assistant, [new ErrorContent("the server is overloaded")]);
            }

            UsageDetails usage = new() { InputTokenCount = random.Next(5, 50), OutputTokenCount = random.Next(1, 20) };
            Bill(request, usage);
            yield return new(ChatRole.Assistant, [new UsageContent(usage)]) { FinishReason = ChatFinishReason.Stop };
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            Interlocked.Decrement(ref _streams);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private enum Fate
    {
        Fine,
        RateLimited,
        Down,
        BadRequest,
        Stalls,
        StallsAndIgnoresItsToken,
        BreaksOff,
        CutOff,
        Empty,
        Blank,
        ErrorInside,
    }

    private (string Request, Random Random, Fate Fate, bool Verification) Draw(ChatOptions? options)
    {
        string request = (string)options!.AdditionalProperties![RequestTags.Tenant]!;
        bool verification = options.AdditionalProperties.ContainsKey(RequestTags.Purpose);
        int call = _callsOf.AddOrUpdate(request, 0, static (_, n) => n + 1);
        var random = new Random(HashCode(request, call));
        int roll = random.Next(100);
        Fate fate = roll < 60 ? Fate.Fine : (Fate)(1 + (roll - 60) * 10 / 40);
        return (request, random, fate, verification);
    }

    private int HashCode(string request, int call) => unchecked((int)RequestKeys.FromText($"{seed}/{name}/{request}/{call}"));

    private async Task SufferAsync(Fate fate, Random random, CancellationToken cancellationToken)
    {
        if (random.Next(2) == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 1_500)), time, cancellationToken);
        }

        switch (fate)
        {
            case Fate.RateLimited:
                throw new HttpRequestException("slow down", null, HttpStatusCode.TooManyRequests);
            case Fate.Down:
                throw new HttpRequestException("down", null, HttpStatusCode.ServiceUnavailable);
            case Fate.BadRequest:
                throw new HttpRequestException("what?", null, HttpStatusCode.BadRequest);
            case Fate.Stalls:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                break;
            case Fate.StallsAndIgnoresItsToken:
                await Task.Delay(TimeSpan.FromMinutes(2), time, CancellationToken.None);
                throw new HttpRequestException("gone at last", null, HttpStatusCode.GatewayTimeout);
        }
    }

    private void Bill(string request, UsageDetails usage) => _billed.AddOrUpdate(request, price.CostOf(usage), (_, sum) => sum + price.CostOf(usage));
}
