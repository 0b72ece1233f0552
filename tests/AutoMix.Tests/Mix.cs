using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests;

/// <summary>Pipelines as an application registers them.</summary>
internal static class Mix
{
    public static readonly ModelPrice SmallPrice = ModelPrice.PerMillionTokens(1, 2);
    public static readonly ModelPrice LargePrice = ModelPrice.PerMillionTokens(10, 20);

    /// <summary>A client whose inner client is the first model, made through dependency injection.</summary>
    public static IChatClient Of(IChatClient small, IChatClient large, Action<AutoMixBuilder>? configure = null, Action<ChatClientBuilder>? above = null)
    {
        var services = new ServiceCollection();
        ChatClientBuilder chain = services.AddChatClient(small);
        above?.Invoke(chain);
        chain.UseAutoMix(mix =>
        {
            mix.FirstModel("small", SmallPrice).AddModel("large", large, LargePrice);
            configure?.Invoke(mix);
        });
        return services.BuildServiceProvider().GetRequiredService<IChatClient>();
    }

    /// <summary>Leaves paid verification out.</summary>
    public static AutoMixBuilder WithoutVerification(this AutoMixBuilder mix) => mix.Configure(o => o.PaidVerification = false);

    /// <summary>A verifier that costs nothing and rejects what a model of that name says.</summary>
    public static AutoMixBuilder Distrust(this AutoMixBuilder mix, params string[] models) =>
        mix.VerifyWith((answer, _) => new(models.Contains(answer.Model) ? 0.0 : 1.0), "trust");

    /// <summary>A script that answers, and votes on answers.</summary>
    public static Func<Call, Reply> Script(string answer, bool vote = true) => call =>
        call.IsVerification ? Reply.Of($"Verification Decision: {(vote ? "Correct" : "Incorrect")}", 100, 3) : Reply.Of(answer);

    public static ScriptedClient Model(string answer, bool vote = true) => new(Script(answer, vote));

    public static RoutingRecord Record(this ChatResponse response) => response.GetRoutingRecord()!;
}
