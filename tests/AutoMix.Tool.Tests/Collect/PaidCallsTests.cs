using System.Net;
using AutoMix.Tool.Providers;
using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Collect;

public sealed class PaidCallsTests : IDisposable
{
    private static readonly Question Asked = new("q", "", "What?", ["x"], "", "");
    private readonly ToolRun _files = new();
    private readonly Journal _journal;

    public PaidCallsTests() => _journal = Journal.Open(_files.Path("journal"));

    public void Dispose()
    {
        _journal.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task Ask_ProviderIsOverloaded_TriesAgainAndPaysOnce(HttpStatusCode status)
    {
        int tries = 0;
        using var model = Model(_ => ++tries < 3 ? throw new HttpRequestException("busy", null, status) : Reply());
        CallRecord record = await Calls().AskAsync(model, Call(model), CancellationToken.None);
        tries.Should().Be(3);
        record.Cost.Should().Be(model.Price!.CostOf(10, 2));
        _journal.Spent.Should().Be(record.Cost!.Value);
    }

    [Fact]
    public async Task Ask_RequestIsRefused_DoesNotTryAgainAndOwesNothing()
    {
        int tries = 0;
        using var model = Model(_ => ++tries > 0 ? throw new HttpRequestException("no", null, HttpStatusCode.BadRequest) : Reply());
        Func<Task> ask = () => Calls().AskAsync(model, Call(model), CancellationToken.None);
        await ask.Should().ThrowAsync<HttpRequestException>();
        tries.Should().Be(1);
        UnderWayAfterwards().Should().Be(0);
    }

    [Fact]
    public async Task Ask_ConnectionIsLostMidway_KeepsTheCallAmongThoseThatMayBePaid()
    {
        using var model = Model(_ => throw new HttpRequestException(HttpRequestError.ResponseEnded, "gone"));
        Func<Task> ask = () => Calls().AskAsync(model, Call(model), CancellationToken.None);
        await ask.Should().ThrowAsync<HttpRequestException>();
        UnderWayAfterwards().Should().Be(1);
    }

    [Fact]
    public async Task Ask_ProviderReportsNoUsage_EstimatesAndSaysSo()
    {
        using var model = Model(_ => new ChatResponse(new ChatMessage(ChatRole.Assistant, "eight ch")));
        CallRecord record = await Calls().AskAsync(model, Call(model), CancellationToken.None);
        record.UsageIsEstimated.Should().BeTrue();
        record.OutputTokens.Should().Be(2);
    }

    [Fact]
    public async Task Ask_ManyAtOnce_RunsNoMoreThanTheModelAllows()
    {
        int running = 0, most = 0, arrived = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var model = new ModelUnderCollection(
            new ProviderOptions { Name = "m", Concurrency = 3 },
            new DelegateClient(async _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                if (Interlocked.Increment(ref arrived) == 3)
                {
                    gate.SetResult();
                }

                await gate.Task;
                Interlocked.Decrement(ref running);
                return Reply();
            }),
            null);
        PaidCalls calls = Calls();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => calls.AskAsync(model, Call(model, $"{i}"), CancellationToken.None)));
        most.Should().Be(3);
    }

    [Theory]
    [InlineData(30, 1, 2)]
    [InlineData(600, 10, 0.1)]
    public void Bucket_OfAMinute_HoldsOneSecondsWorth(int perMinute, int held, double seconds)
    {
        System.Threading.RateLimiting.TokenBucketRateLimiterOptions bucket = ModelUnderCollection.Bucket(perMinute);
        bucket.TokenLimit.Should().Be(held);
        bucket.ReplenishmentPeriod.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    private int UnderWayAfterwards()
    {
        _journal.Dispose();
        using Journal again = Journal.Open(_files.Path("journal"));
        return again.UnderWay;
    }

    private PaidCalls Calls() => new(_journal, new CostCap(null, 0), null, new HastyTime(), new CollectProgress(1, 0, TimeProvider.System));

    private static ModelUnderCollection Model(Func<ChatMessage, ChatResponse> answer) =>
        new(new ProviderOptions { Name = "m" }, new DelegateClient(message => Task.FromResult(answer(message))), ModelPrice.PerMillionTokens(1, 2));

    private static CollectedCall Call(ModelUnderCollection model, string identity = "") =>
        CollectedCall.Of(model.Provider, Asked, CallPurpose.Answer, [identity], [new ChatMessage(ChatRole.User, "What?")], new ChatOptions { MaxOutputTokens = 5 });

    private static ChatResponse Reply() =>
        new(new ChatMessage(ChatRole.Assistant, "x")) { Usage = new UsageDetails { InputTokenCount = 10, OutputTokenCount = 2 } };

    private sealed class DelegateClient(Func<ChatMessage, Task<ChatResponse>> answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => answer(messages.Last());

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    /// <summary>Waits for nothing.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, Timeout.InfiniteTimeSpan);
    }
}
