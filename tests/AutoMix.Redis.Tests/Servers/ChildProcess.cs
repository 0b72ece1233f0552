using System.Diagnostics;

namespace AutoMix.Redis.Tests.Servers;

internal static class ChildProcess
{
    /// <summary>This assembly as a program.</summary>
    public static ProcessStartInfo Self(params string[] arguments) =>
        new(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", ["exec", typeof(ChildProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
        };
}
