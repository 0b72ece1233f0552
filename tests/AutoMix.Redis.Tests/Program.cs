using AutoMix.Redis.Tests.Processes;
using AutoMix.Redis.Tests.Servers;

// Not a test host: one of the processes that the tests start.
switch (args)
{
    case ["garnet", var port, var folder]:
        using (GarnetHost.Start(int.Parse(port), folder))
        {
            Console.WriteLine("ready");
            await Task.Delay(Timeout.Infinite);
        }

        return 0;
    case ["spend", var endpoint, var prefix, var requests, var cap, var journal, var seed]:
        await Spender.RunAsync(endpoint, prefix, int.Parse(requests), decimal.Parse(cap), journal, int.Parse(seed));
        return 0;
    case ["lead", var endpoint, var prefix, var owner, var rounds]:
        await Leader.RunAsync(endpoint, prefix, owner, int.Parse(rounds));
        return 0;
    default:
        Console.Error.WriteLine("Run 'dotnet test' instead.");
        return 1;
}
