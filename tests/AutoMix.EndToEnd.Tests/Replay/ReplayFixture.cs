namespace AutoMix.Replay;

/// <summary>One replay of the sample records for all tests of a class.</summary>
public sealed class ReplayFixture : IAsyncLifetime
{
    public const int Samples = 8;

    public ReplayServer Server { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Server = await ReplayServer.StartAsync(SampleRecords.Recordings(), new ReplayOptions { Samples = Samples });

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
