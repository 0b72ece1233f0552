using Garnet;
using StackExchange.Redis;

namespace AutoMix.Redis.Tests.Servers;

/// <summary>One server for all tests that do not stop it: Garnet in this process, or the one that AUTOMIX_REDIS_SERVER names.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly ServerProcess? _process = ServerProcess.Executable is null ? null : new();
    private GarnetServer? _garnet;

    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        string endpoint;
        if (_process is not null)
        {
            await _process.StartAsync();
            endpoint = _process.Endpoint;
        }
        else
        {
            int port = GarnetHost.FreePort();
            _garnet = GarnetHost.Start(port);
            endpoint = $"127.0.0.1:{port}";
        }

        Connection = await ConnectionMultiplexer.ConnectAsync($"{endpoint},connectTimeout=60000,asyncTimeout=60000");
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        _garnet?.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}

[CollectionDefinition(Name)]
public sealed class SharedServerTests : ICollectionFixture<SharedServer>
{
    public const string Name = "a server";
}
