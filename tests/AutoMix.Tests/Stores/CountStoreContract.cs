using AutoMix.Stores;

namespace AutoMix.Tests.Stores;

/// <summary>What every <see cref="ICountStore"/> promises.</summary>
public abstract class CountStoreContract
{
    /// <summary>An empty store, or another connection to one and the same.</summary>
    protected abstract ICountStore Connect();

    private static CountDelta Delta(params (string Name, double Value)[] sums) => CountDelta.Of(sums.ToDictionary(s => s.Name, s => s.Value));

    [Fact]
    public async Task Read_UnknownKey_IsEmpty() =>
        (await Connect().ReadAsync("nothing")).Should().BeEmpty();

    [Fact]
    public async Task Add_TwoDeltas_AddsUp()
    {
        (await Connect().AddAsync("k", Delta(("a", 1.5), ("b", 2)))).Should().BeTrue();
        (await Connect().AddAsync("k", Delta(("a", 0.25), ("c", -1)))).Should().BeTrue();

        (await Connect().ReadAsync("k")).Should().BeEquivalentTo(new Dictionary<string, double> { ["a"] = 1.75, ["b"] = 2, ["c"] = -1 });
    }

    [Fact]
    public async Task Add_TheSameDeltaAgain_AddsNothing()
    {
        CountDelta delta = Delta(("a", 1));
        await Connect().AddAsync("k", delta);

        (await Connect().AddAsync("k", delta)).Should().BeFalse();
        (await Connect().ReadAsync("k"))["a"].Should().Be(1);
    }

    [Fact]
    public async Task Add_TwoKeys_AreApart()
    {
        ICountStore store = Connect();
        CountDelta delta = Delta(("a", 1));
        await store.AddAsync("k", delta);

        (await store.AddAsync("K", delta)).Should().BeTrue("an id is told apart within its key");
        (await store.ReadAsync("k")).Should().HaveCount(1);
    }

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public async Task Add_NotFinite_IsRefusedWhole(double value)
    {
        Func<Task> act = async () => await Connect().AddAsync("k", Delta(("a", 1), ("b", value)));

        await act.Should().ThrowAsync<ArgumentException>().WithMessage("*'b'*");
        (await Connect().ReadAsync("k")).Should().BeEmpty();
    }

    [Fact]
    public async Task Add_NumbersOfAnySize_AreKept()
    {
        await Connect().AddAsync("k", Delta(("tiny", 1.0 / 3e9), ("huge", 2e17 / 3)));

        IReadOnlyDictionary<string, double> sums = await Connect().ReadAsync("k");
        sums["tiny"].Should().BeApproximately(1.0 / 3e9, 1e-20);
        sums["huge"].Should().BeApproximately(2e17 / 3, 1000);
    }

    [Fact]
    public async Task Add_NamesOfAnyText_AreKept()
    {
        string name = "p:\u0001\u00ff|{\"ж\n";
        await Connect().AddAsync("k", Delta((name, 1)));

        (await Connect().ReadAsync("k")).Keys.Should().Equal(name);
    }

    [Fact]
    public async Task Add_FromManyAtOnce_LosesNothing()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (i, _) =>
            await Connect().AddAsync("k", Delta(("all", 1), ($"of {i % 4}", 1)), CancellationToken.None));

        (await Connect().ReadAsync("k")).Should().BeEquivalentTo(new Dictionary<string, double> { ["all"] = 64, ["of 0"] = 16, ["of 1"] = 16, ["of 2"] = 16, ["of 3"] = 16 });
    }

    [Fact]
    public async Task Remove_SomeFields_LeavesTheOthers()
    {
        ICountStore store = Connect();
        await store.AddAsync("k", Delta(("a", 1), ("b", 2), ("c", 3)));
        await store.RemoveAsync("k", ["a", "c", "never there"]);

        (await store.ReadAsync("k")).Keys.Should().Equal("b");
    }

    [Fact]
    public async Task Remove_ThenAdd_BeginsAtZero()
    {
        ICountStore store = Connect();
        await store.AddAsync("k", Delta(("a", 1)));
        await store.RemoveAsync("k", ["a"]);
        await store.AddAsync("k", Delta(("a", 5)));

        (await store.ReadAsync("k"))["a"].Should().Be(5);
    }
}
