using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix.Tests;

/// <summary>What <see cref="Composition.CachingTests"/> runs in a process without serialisation by reflection.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["reflection-off"])
        {
            return 0;
        }

        IChatClient client = Mix.Of(Mix.Model("yes"), Mix.Model("large"));
        ChatResponse live = await client.GetResponseAsync("?");
        string json = JsonSerializer.Serialize(live, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse)));
        var back = (ChatResponse)JsonSerializer.Deserialize(json, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse)))!;
        RoutingRecord before = live.GetRoutingRecord()!;
        RoutingRecord after = back.GetRoutingRecord()!;
        bool same = !JsonSerializer.IsReflectionEnabledByDefault
            && !before.IsFromCache
            && after.IsFromCache
            && after.Model == before.Model
            && after.Cost == before.Cost
            && after.Attempts[0].Verdicts[0].Confidence == before.Attempts[0].Verdicts[0].Confidence
            && after.Outcome == before.Outcome
            && after.Duration == before.Duration;
        Console.WriteLine(json);
        return same ? 0 : 1;
    }
}
