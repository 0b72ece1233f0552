using AutoMix.Stores;

namespace AutoMix.Tests.Stores;

/// <summary>What every <see cref="ILeaseStore"/> promises.</summary>
public abstract class LeaseStoreContract
{
    /// <summary>A time that <see cref="PassAsync"/> lets pass; longer than a test takes otherwise.</summary>
    protected virtual TimeSpan Unit => TimeSpan.FromSeconds(10);

    /// <summary>An empty store, or another connection to one and the same.</summary>
    protected abstract ILeaseStore Connect();

    /// <summary>Lets that much time of the store pass.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    private async Task<LearnerLease?> AskAsync(string owner, int units = 2, string name = "learner") =>
        await Connect().TryAcquireAsync(name, owner, units * Unit);

    [Fact]
    public async Task TryAcquire_Free_IsGranted()
    {
        LearnerLease? lease = await AskAsync("a");

        lease.Should().NotBeNull();
        (lease!.Name, lease.Owner, lease.Duration).Should().Be(("learner", "a", 2 * Unit));
        lease.FencingToken.Should().BePositive();
    }

    [Fact]
    public async Task TryAcquire_HeldByAnother_IsNot()
    {
        await AskAsync("a");

        (await AskAsync("b")).Should().BeNull();
    }

    [Fact]
    public async Task TryAcquire_AnotherName_IsGranted()
    {
        await AskAsync("a");

        (await AskAsync("b", name: "other")).Should().NotBeNull();
    }

    [Fact]
    public async Task TryAcquire_ByItsHolder_KeepsTheToken()
    {
        LearnerLease? first = await AskAsync("a");

        (await AskAsync("a"))!.FencingToken.Should().Be(first!.FencingToken);
    }

    [Fact]
    public async Task TryAcquire_ByItsHolder_CountsFromNow()
    {
        await AskAsync("a", 2);
        await AskAsync("a", 20);
        await PassAsync(3 * Unit);

        (await AskAsync("b")).Should().BeNull();
    }

    [Fact]
    public async Task TryAcquire_AfterItEnded_HasALargerToken()
    {
        LearnerLease? first = await AskAsync("a");
        await PassAsync(3 * Unit);

        (await AskAsync("b"))!.FencingToken.Should().BeGreaterThan(first!.FencingToken);
    }

    [Fact]
    public async Task TryAcquire_BySameOwnerAfterItEnded_HasALargerToken()
    {
        LearnerLease? first = await AskAsync("a");
        await PassAsync(3 * Unit);

        (await AskAsync("a"))!.FencingToken.Should().BeGreaterThan(first!.FencingToken);
    }

    [Fact]
    public async Task Release_ByItsHolder_FreesItUnderALargerToken()
    {
        LearnerLease? first = await AskAsync("a");
        await Connect().ReleaseAsync(first!);

        (await AskAsync("b"))!.FencingToken.Should().BeGreaterThan(first!.FencingToken);
    }

    [Fact]
    public async Task Release_AfterAnotherTookIt_ChangesNothing()
    {
        LearnerLease? first = await AskAsync("a");
        await PassAsync(3 * Unit);
        await AskAsync("b", 20);
        await Connect().ReleaseAsync(first!);

        (await AskAsync("c")).Should().BeNull();
    }

    [Fact]
    public async Task TryAcquire_ManyAtOnce_OneIsGranted()
    {
        LearnerLease?[] leases = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => AskAsync($"owner {i}", 20))));

        leases.Should().ContainSingle(l => l != null);
    }
}
