using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Composition;

public class CachingTests
{
    private static MemoryDistributedCache Cache() => new(Options.Create(new MemoryDistributedCacheOptions()));

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task CacheAbove_SecondRequest_CallsNothingAndSaysSo(Mode mode)
    {
        ScriptedClient small = Mix.Model("yes");
        IChatClient client = Mix.Of(small, Mix.Model("large"), above: chain => chain.UseDistributedCache(Cache()));

        RoutingRecord live = (await client.AskAsync(mode, "?")).Record();
        int calls = small.Calls.Count;
        ChatResponse cached = await client.AskAsync(mode, "?");

        small.Calls.Should().HaveCount(calls);
        live.IsFromCache.Should().BeFalse();
        RoutingRecord record = cached.Record();
        record.IsFromCache.Should().BeTrue();
        record.Should().BeEquivalentTo(live, o => o.Excluding(r => r.IsFromCache).Excluding(r => r.Decisions).Excluding(r => r.Attempts));
        record.Attempts.Should().BeEquivalentTo(live.Attempts);
        record.Decisions.Should().BeEquivalentTo(live.Decisions);
        cached.Usage!.TotalTokenCount.Should().Be(15 + 6 * 103);
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task CacheBelow_ModelsOwnAnswers_AreCachedAndStillVerified(Mode mode)
    {
        ScriptedClient small = Mix.Model("yes");
        IChatClient client = Mix.Of(small.AsBuilder().UseDistributedCache(Cache()).Build(), Mix.Model("large"));

        await client.AskAsync(mode, "?");
        ChatResponse second = await client.AskAsync(mode, "?");

        small.Answers.Should().ContainSingle();
        second.Text.Should().Be("yes");
        second.Record().IsFromCache.Should().BeFalse();
    }

    [Fact]
    public async Task Case25_FingerprintInTheCacheKey_KeepsTheAnswersOfTwoPoliciesApart()
    {
        MemoryDistributedCache cache = Cache();
        IChatClient Cached(AutoMixChatClient mix) => new DistributedCachingChatClient(mix, cache) { CacheKeyAdditionalValues = [mix.Fingerprint] };
        AutoMixChatClient Build(double threshold) => (AutoMixChatClient)new ChatClientBuilder(Mix.Model("small", vote: threshold < 1))
            .UseAutoMix(mix => mix.FirstModel("small").Configure(o => o.AcceptThreshold = threshold).AddModel("large", Mix.Model("large"))).Build();

        (await Cached(Build(0.5)).GetResponseAsync("?")).Text.Should().Be("small");
        (await Cached(Build(1)).GetResponseAsync("?")).Text.Should().Be("large");
    }

    [Fact]
    public async Task Record_ReflectionSwitchedOff_SurvivesTheRoundTrip()
    {
        string assembly = typeof(CachingTests).Assembly.Location;
        string config = Path.Combine(Path.GetTempPath(), $"automix-{Guid.NewGuid():N}.runtimeconfig.json");
        string own = await File.ReadAllTextAsync(Path.ChangeExtension(assembly, ".runtimeconfig.json"));
        System.Text.Json.Nodes.JsonNode settings = System.Text.Json.Nodes.JsonNode.Parse(own)!;
        settings["runtimeOptions"]!["configProperties"] ??= new System.Text.Json.Nodes.JsonObject();
        settings["runtimeOptions"]!["configProperties"]!["System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault"] = false;
        await File.WriteAllTextAsync(config, settings.ToJsonString());
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", config, "--depsfile", Path.ChangeExtension(assembly, ".deps.json"), assembly, "reflection-off"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.Should().Be(0, await output + await error);
        }
        finally
        {
            File.Delete(config);
        }
    }
}
