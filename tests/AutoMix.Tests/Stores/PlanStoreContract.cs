using System.Text;
using AutoMix.Stores;

namespace AutoMix.Tests.Stores;

/// <summary>What every <see cref="IPlanStore"/> promises.</summary>
public abstract class PlanStoreContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>An empty store, or another connection to one and the same.</summary>
    protected abstract IPlanStore Connect();

    /// <summary>Lets watchers notice a change where they look only now and then.</summary>
    protected virtual void LetWatchersLook()
    {
    }

    private static byte[] Content(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task Read_NothingPublished_IsNull() =>
        (await Connect().ReadAsync("plan")).Should().BeNull();

    [Fact]
    public async Task Publish_ReadByAnother_IsTheSame()
    {
        byte[] content = [0, 255, 10, 13, 34];
        PlanVersion? published = await Connect().PublishAsync("plan", content, 7);
        PlanVersion? read = await Connect().ReadAsync("plan");

        published!.Number.Should().Be(1);
        (read!.Number, read.FencingToken).Should().Be((1, 7));
        read.Content.ToArray().Should().Equal(content);
    }

    [Fact]
    public async Task Publish_Again_CountsUp()
    {
        await Connect().PublishAsync("plan", Content("a"), 1);
        PlanVersion? second = await Connect().PublishAsync("plan", Content("b"), 1);

        second!.Number.Should().Be(2);
        (await Connect().ReadAsync("plan"))!.Content.ToArray().Should().Equal(Content("b"));
    }

    [Fact]
    public async Task Publish_OlderToken_IsRefused()
    {
        await Connect().PublishAsync("plan", Content("new leader"), 8);

        (await Connect().PublishAsync("plan", Content("old leader"), 7)).Should().BeNull();
        (await Connect().ReadAsync("plan"))!.Content.ToArray().Should().Equal(Content("new leader"));
    }

    [Fact]
    public async Task Publish_TwoNames_AreApart()
    {
        await Connect().PublishAsync("plan", Content("a"), 8);

        (await Connect().PublishAsync("other", Content("b"), 1))!.Number.Should().Be(1);
    }

    [Fact]
    public async Task Publish_FromManyAtOnce_NumbersWithoutGaps()
    {
        long[] numbers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i => (await Connect().PublishAsync("plan", Content($"{i}"), 3))!.Number));

        numbers.Order().Should().Equal(Enumerable.Range(1, 16).Select(i => (long)i));
    }

    [Fact]
    public async Task Watch_AlreadyPublished_GivesTheNewestFirst()
    {
        await Connect().PublishAsync("plan", Content("a"), 1);
        await Connect().PublishAsync("plan", Content("b"), 1);
        await using IAsyncEnumerator<PlanVersion> watch = Connect().WatchAsync("plan").GetAsyncEnumerator();

        (await watch.MoveNextAsync().AsTask().WaitAsync(Patience)).Should().BeTrue();
        watch.Current.Number.Should().Be(2);
    }

    [Fact]
    public async Task Watch_PublishedMeanwhile_GivesTheNewVersion()
    {
        using var patience = new CancellationTokenSource(Patience);
        await Connect().PublishAsync("plan", Content("a"), 1);
        await using IAsyncEnumerator<PlanVersion> watch = Connect().WatchAsync("plan", patience.Token).GetAsyncEnumerator();
        await watch.MoveNextAsync();
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await Connect().PublishAsync("other", Content("x"), 1);
        await Connect().PublishAsync("plan", Content("b"), 1);
        LetWatchersLook();

        (await next).Should().BeTrue();
        watch.Current.Content.ToArray().Should().Equal(Content("b"));
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        using var cancel = new CancellationTokenSource();
        await using IAsyncEnumerator<PlanVersion> watch = Connect().WatchAsync("plan", cancel.Token).GetAsyncEnumerator();
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await cancel.CancelAsync();

        Func<Task> act = async () => await next.WaitAsync(Patience);
        await act.Should().ThrowAsync<OperationCanceledException>();
    }
}
