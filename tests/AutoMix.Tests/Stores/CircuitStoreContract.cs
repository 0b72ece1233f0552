using AutoMix.Stores;

namespace AutoMix.Tests.Stores;

/// <summary>What every <see cref="ICircuitStore"/> promises.</summary>
public abstract class CircuitStoreContract
{
    /// <summary>A time that <see cref="PassAsync"/> lets pass; longer than a test takes otherwise.</summary>
    protected virtual TimeSpan Unit => TimeSpan.FromSeconds(10);

    /// <summary>An empty store, or another connection to one and the same.</summary>
    protected abstract ICircuitStore Connect();

    /// <summary>Lets that much time of the store pass.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    [Fact]
    public async Task Read_NothingReported_IsEmpty() =>
        (await Connect().ReadAsync()).Should().BeEmpty();

    [Fact]
    public async Task Open_ReadByAnother_TellsTheTimeLeft()
    {
        await Connect().OpenAsync("small", 2 * Unit);

        (await Connect().ReadAsync()).Should().ContainKey("small").WhoseValue.Should().BePositive().And.BeLessThanOrEqualTo(2 * Unit);
    }

    [Fact]
    public async Task Open_TimeHasPassed_IsForgotten()
    {
        ICircuitStore store = Connect();
        await store.OpenAsync("small", Unit);
        await PassAsync(2 * Unit);

        (await store.ReadAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Open_ShorterThanWhatIsOpen_DoesNotShortenIt()
    {
        ICircuitStore store = Connect();
        await store.OpenAsync("small", 20 * Unit);
        await store.OpenAsync("small", Unit);

        (await store.ReadAsync())["small"].Should().BeGreaterThan(10 * Unit);
    }

    [Fact]
    public async Task Open_LongerThanWhatIsOpen_ProlongsIt()
    {
        ICircuitStore store = Connect();
        await store.OpenAsync("small", Unit);
        await store.OpenAsync("small", 20 * Unit);

        (await store.ReadAsync())["small"].Should().BeGreaterThan(10 * Unit);
    }

    [Fact]
    public async Task Close_OneOfTwo_LeavesTheOther()
    {
        ICircuitStore store = Connect();
        await store.OpenAsync("small", 2 * Unit);
        await store.OpenAsync("large", 2 * Unit);
        await store.CloseAsync("small");
        await store.CloseAsync("never opened");

        (await store.ReadAsync()).Keys.Should().Equal("large");
    }

    [Fact]
    public async Task Open_NoTime_IsRefused()
    {
        Func<Task> act = async () => await Connect().OpenAsync("small", TimeSpan.Zero);

        await act.Should().ThrowAsync<ArgumentOutOfRangeException>();
    }
}
