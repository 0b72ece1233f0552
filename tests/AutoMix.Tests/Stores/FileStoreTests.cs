using AutoMix.Stores;
using Microsoft.Extensions.Time.Testing;

namespace AutoMix.Tests.Stores;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class StoreFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("automix-stores-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

public sealed class FileCountStoreTests : CountStoreContract, IDisposable
{
    private readonly StoreFolder _folder = new();

    protected override ICountStore Connect() => new FileCountStore(_folder.Path);

    public void Dispose() => _folder.Dispose();
}

public sealed class FilePlanStoreTests : PlanStoreContract, IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    protected override IPlanStore Connect() => new FilePlanStore(_folder.Path, timeProvider: _time);

    protected override void LetWatchersLook() => _time.Advance(TimeSpan.FromSeconds(2));

    public void Dispose() => _folder.Dispose();
}

public sealed class FileLeaseStoreTests : LeaseStoreContract, IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    protected override ILeaseStore Connect() => new FileLeaseStore(_folder.Path, _time);

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();
}
