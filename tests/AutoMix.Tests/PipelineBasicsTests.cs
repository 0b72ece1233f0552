using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests;

public class PipelineBasicsTests
{
    internal static readonly ModelPrice SmallPrice = ModelPrice.PerMillionTokens(1, 2);
    internal static readonly ModelPrice LargePrice = ModelPrice.PerMillionTokens(10, 20);

    internal static AutoMixChatClient Build(ScriptedClient small, ScriptedClient large, Action<AutoMixBuilder>? configure = null) =>
        (AutoMixChatClient)new ChatClientBuilder(small).UseAutoMix(mix =>
        {
            mix.FirstModel("small", SmallPrice).AddModel("large", large, LargePrice);
            configure?.Invoke(mix);
        }).Build();

    internal static ScriptedClient Model(string answer, Func<int, bool>? correct = null) => new(call =>
        call.IsVerification
            ? Reply.Of($"Looks so.\nVerification Decision: {(correct is null || correct((int)call.Options!.Seed!) ? "Correct" : "Incorrect")}", 100, 3)
            : Reply.Of(answer));

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task GetResponse_AnswerThatVerifiesWell_ComesFromTheSmallModel(Mode mode)
    {
        ScriptedClient small = Model("Paris");
        ScriptedClient large = Model("paris, France");
        ChatResponse response = await Build(small, large).AskAsync(mode, "Capital of France?");

        response.Text.Should().Be("Paris");
        large.Calls.Should().BeEmpty();
        RoutingRecord record = response.GetRoutingRecord()!;
        record.Model.Should().Be("small");
        record.Outcome.Should().Be(RoutingOutcome.Accepted);
        record.IsCalibrated.Should().BeFalse();
        record.Attempts[0].Confidence.Should().Be(1);
        record.Attempts[0].Verdicts.Should().ContainSingle().Which.Calls.Should().Be(6, "six votes for of eight are three quarters");
        response.Usage!.InputTokenCount.Should().Be(10 + 6 * 100);
        response.Usage.OutputTokenCount.Should().Be(5 + 6 * 3);
        record.Cost.Should().Be(SmallPrice.CostOf(610, 23));
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task GetResponse_AnswerThatVerifiesBadly_ComesFromTheLargeModel(Mode mode)
    {
        ScriptedClient small = Model("Lyon", seed => seed % 2 == 0);
        ScriptedClient large = Model("Paris");
        ChatResponse response = await Build(small, large).AskAsync(mode, "Capital of France?");

        response.Text.Should().Be("Paris");
        response.GetRoutingRecord()!.Attempts.Select(a => a.Model).Should().Equal("small", "large");
        small.Verifications.Select(c => c.Options!.Seed).Should().Equal(0, 1, 2, 3, 4, 5);
        large.Verifications.Should().BeEmpty("the last model's answer is accepted as it is");
    }

    [Theory, InlineData(Mode.Whole), InlineData(Mode.Streaming)]
    public async Task Verification_VoteThatWillNotChange_SavesTheRest(Mode mode)
    {
        ScriptedClient small = Model("Lyon", _ => false);
        ChatResponse response = await Build(small, Model("Paris")).AskAsync(mode, "Capital of France?");

        small.Verifications.Should().HaveCount(2, "after two votes against all six others for is too unlikely to pay for");
        response.GetRoutingRecord()!.Attempts[0].Confidence.Should().Be(0);
    }

    [Fact]
    public async Task AddAutoMixChatClient_KeyedModelsAndFactories_AreResolved()
    {
        var services = new ServiceCollection();
        services.AddKeyedChatClient("small", Model("no", _ => false));
        services.AddAutoMixChatClient(mix => mix
            .AddKeyedModel("small", SmallPrice)
            .AddModel("large", _ => Model("yes"), LargePrice));
        await using ServiceProvider provider = services.BuildServiceProvider();
        ChatResponse response = await provider.GetRequiredService<IChatClient>().GetResponseAsync("?");

        response.Text.Should().Be("yes");
    }

    [Fact]
    public async Task Verifiers_DelegateAsInTheReadme_Compiles()
    {
        AutoMixChatClient client = Build(Model("no"), Model("yes, source: x"), mix => mix
            .VerifyWith((answer, ct) => new(answer.Text.Contains("source:") ? 1.0 : 0.0)));

        (await client.GetResponseAsync("?")).Text.Should().Be("yes, source: x");
    }
}
