using AutoMix.Stores;

namespace AutoMix.Tests.Stores;

/// <summary>Files that were torn by a crash, or damaged by anything else.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly FileCountStore _store;

    public DamagedFileTests() => _store = new(_folder.Path);

    private string File => Directory.GetFiles(_folder.Path, "*.state").Single();

    private static CountDelta One() => CountDelta.Of(new Dictionary<string, double> { ["a"] = 1 });

    private async Task AddTimesAsync(int times)
    {
        for (int i = 0; i < times; i++)
        {
            await _store.AddAsync("k", One());
        }
    }

    private async Task<double> SumAsync() => (await new FileCountStore(_folder.Path).ReadAsync("k")).GetValueOrDefault("a");

    [Fact]
    public async Task Read_TornAtAnyByte_GivesTheStateBefore()
    {
        await AddTimesAsync(3);
        byte[] whole = await System.IO.File.ReadAllBytesAsync(File);
        string path = File;
        for (int length = 0; length < whole.Length; length++)
        {
            await System.IO.File.WriteAllBytesAsync(path, whole[..length]);

            (await SumAsync()).Should().Be(2, $"the first {length} of {whole.Length} bytes were written");
        }
    }

    [Fact]
    public async Task Read_AnyByteChanged_GivesTheStateBefore()
    {
        await AddTimesAsync(3);
        byte[] whole = await System.IO.File.ReadAllBytesAsync(File);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            await System.IO.File.WriteAllBytesAsync(File, damaged);

            (await SumAsync()).Should().Be(2, $"byte {at} is damaged");
        }
    }

    [Fact]
    public async Task Read_OnlyTheStateBeforeIsThere_GivesIt()
    {
        await AddTimesAsync(3);
        System.IO.File.Delete(File);

        (await SumAsync()).Should().Be(2);
    }

    [Fact]
    public async Task Read_BothDamaged_NamesTheFileAndTheRemedy()
    {
        await AddTimesAsync(3);
        string path = File;
        await System.IO.File.WriteAllTextAsync(path, "torn");
        await System.IO.File.WriteAllTextAsync($"{path}.previous", "torn too");

        Func<Task> act = SumAsync;
        (await act.Should().ThrowAsync<StoreCorruptedException>().WithMessage("*damaged*Restore*delete both*")).Which.FileName.Should().Be(path);
    }

    [Fact]
    public async Task Add_TheStateIsTorn_KeepsTheGoodOneAsFallback()
    {
        await AddTimesAsync(3);
        string path = File;
        await System.IO.File.WriteAllTextAsync(path, "torn");
        await AddTimesAsync(1);
        (await SumAsync()).Should().Be(3, "the state before the torn one held 2");
        await System.IO.File.WriteAllTextAsync(path, "torn again");

        (await SumAsync()).Should().Be(2);
    }

    [Fact]
    public async Task Add_ADraftWasLeftByACrash_IsOverwritten()
    {
        await AddTimesAsync(1);
        await System.IO.File.WriteAllTextAsync($"{File}.draft", new string('x', 10_000));
        await AddTimesAsync(1);

        (await SumAsync()).Should().Be(2);
        System.IO.File.Exists($"{File}.draft").Should().BeFalse();
    }

    [Fact]
    public async Task Add_TheLockIsHeldByAnother_WaitsUntilCancelled()
    {
        await AddTimesAsync(1);
        using FileStream held = new($"{File}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var cancel = new CancellationTokenSource();
        Task adding = _store.AddAsync("k", One(), cancel.Token).AsTask();
        adding.IsCompleted.Should().BeFalse();
        await cancel.CancelAsync();

        await ((Func<Task>)(() => adding)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Watch_TheFileIsDamaged_WaitsForAGoodOne()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var plans = new FilePlanStore(_folder.Path, timeProvider: time);
        await plans.PublishAsync("plan", new byte[] { 1 }, 1);
        string path = File;
        byte[] good = await System.IO.File.ReadAllBytesAsync(path);
        await System.IO.File.WriteAllTextAsync(path, "torn");
        await using IAsyncEnumerator<PlanVersion> watch = plans.WatchAsync("plan").GetAsyncEnumerator();
        Task<bool> next = watch.MoveNextAsync().AsTask();
        await System.IO.File.WriteAllBytesAsync(path, good);
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await next).Should().BeTrue();
        watch.Current.Number.Should().Be(1);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lock_CannotBeTaken_IsAnErrorAndNotWaitedFor()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // A link to itself can never be opened; a full or a read-only disk fails in the same way.
        using var folder = new StoreFolder();
        var store = new FileCountStore(folder.Path);
        await store.AddAsync("key", CountDelta.Of(new Dictionary<string, double> { ["a"] = 1 }));
        string held = Directory.GetFiles(folder.Path, "*.lock", SearchOption.AllDirectories).Single();
        System.IO.File.Delete(held);
        System.IO.File.CreateSymbolicLink(held, held);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Func<Task> add = async () => await store.AddAsync("key", CountDelta.Of(new Dictionary<string, double> { ["a"] = 1 }), patience.Token);

        await add.Should().ThrowAsync<IOException>();
    }
}
