using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;
using Tsavorite.core;

namespace AutoMix.Redis.Tests.Servers;

/// <summary>Microsoft.Garnet in this process.</summary>
internal static class GarnetHost
{
    /// <summary>A server; with a folder, what it has acknowledged is on disk and is found again.</summary>
    public static GarnetServer Start(int port, string? folder = null)
    {
        var options = new GarnetServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
            EnableLua = true,
            LuaOptions = new LuaOptions(),
            LuaTransactionMode = true,
            QuietMode = true,
            LogMemorySize = "64m",
            PageSize = "1m",
            SegmentSize = "64m",
            IndexMemorySize = "1m",
        };
        if (folder is not null)
        {
            // The native device needs a library of the system.
            options.DeviceType = DeviceType.RandomAccess;
            options.EnableAOF = true;
            options.WaitForCommit = true;
            options.CommitFrequencyMs = 0;
            options.Recover = true;
            options.CheckpointDir = folder;
            options.AofMemorySize = "64m";
            options.AofPageSize = "4m";
        }

        var server = new GarnetServer(options);
        server.Start();
        return server;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
