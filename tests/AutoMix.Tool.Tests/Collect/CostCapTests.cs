namespace AutoMix.Tool.Collect;

public sealed class CostCapTests
{
    [Fact]
    public async Task Reserve_WhatDoesNotFit_WaitsForWhatOthersLeaveOver()
    {
        var cap = new CostCap(10, spent: 2);
        await cap.ReserveAsync(6, CancellationToken.None);
        Task second = cap.ReserveAsync(5, CancellationToken.None);
        second.IsCompleted.Should().BeFalse("2 + 6 + 5 would pass 10");

        cap.Settle(6, 1);

        await second;
        cap.IsReached.Should().BeFalse();
    }

    [Fact]
    public async Task Reserve_WhatDoesNotFitWhenNothingRuns_EndsItForAll()
    {
        var cap = new CostCap(10, spent: 6);
        Func<Task> large = () => cap.ReserveAsync(5, CancellationToken.None);
        await large.Should().ThrowAsync<CostCapException>();
        Func<Task> small = () => cap.ReserveAsync(1, CancellationToken.None);
        await small.Should().ThrowAsync<CostCapException>("a collection that goes on with its cheapest model only is of no use");
    }

    [Fact]
    public async Task Reserve_WithoutACap_AlwaysFits()
    {
        var cap = new CostCap(null, spent: 1_000_000);
        await cap.ReserveAsync(1_000_000, CancellationToken.None);
        cap.IsReached.Should().BeFalse();
    }
}
