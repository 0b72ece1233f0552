using AutoMix.Policies;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static AutoMix.Tests.ScriptedClient;

namespace AutoMix.Tests.Composition;

/// <summary>UsePlan runs any policy that a file can hold, as it decides offline.</summary>
public sealed class UsePlanTests : IDisposable
{
    private static readonly string[] Models = ["small", "large"];
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Theory, InlineData(false, false), InlineData(true, false), InlineData(false, true)]
    public async Task Mixture_TheCoinFallsAsOffline(bool byKey, bool streaming)
    {
        var mixture = new MixturePolicy(ThresholdPolicy.Always(Models, 0), ThresholdPolicy.Always(Models, 1), 0.5, 7);
        PolicyFile.Save(mixture, _path);
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), m => m.Configure(o => o.Plan = _path));
        var seen = new HashSet<string>();
        for (int i = 0; i < 40; i++)
        {
            var history = new CascadeHistory(2) { RequestKey = RequestKeys.FromText($"{(byKey ? "id" : "question")} {i}") };
            string expected = Models[mixture.Decide(history).Model];
            var options = new ChatOptions { AdditionalProperties = byKey ? new() { [RequestTags.RequestId] = $"id {i}" } : null };

            ChatResponse response = streaming
                ? await client.GetStreamingResponseAsync($"question {i}", options).ToChatResponseAsync()
                : await client.GetResponseAsync($"question {i}", options);

            response.Text.Should().Be(expected);
            response.Record().Policy.Should().Be("default");
            response.Record().IsCalibrated.Should().BeTrue();
            seen.Add(expected);
        }

        seen.Should().HaveCount(2);
    }

    [Fact]
    public async Task Threshold_OfAFile_DecidesByItsNumbers()
    {
        PolicyFile.Save(new ThresholdPolicy(Models, [0.6, 0]), _path);
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), m => m.Configure(o => o.Plan = _path)
            .VerifyWith((answer, _) => new(answer.Messages[0].Text == "easy" ? 0.6 : 0.59), "how-easy"));

        (await client.GetResponseAsync("easy")).Text.Should().Be("small");
        (await client.GetResponseAsync("hard")).Text.Should().Be("large");
        (await client.GetResponseAsync("hard")).Record().IsCalibrated.Should().BeFalse("the thresholds were set by hand");
    }

    [Theory, MemberData(nameof(Families))]
    public async Task EveryFamilyWithoutEmbeddings_LoadedFromItsFile_DecidesAsTheTrainedPolicy(string family)
    {
        ICascadePolicy policy = PolicyRegistry.Get(family).Train(TraceTable.From(Traces())).For(Goal.KeepQuality(0.95));
        PolicyFile.Save(policy, _path);
        IChatClient client = Mix.Of(Answering("small"), Answering("large"), m => m.Configure(o => o.Plan = _path).VerifyWith((_, _) => new(0.35), "says", isFree: false));
        IChatClient trained = Mix.Of(Answering("small"), Answering("large"), m => m.RouteWith(policy).VerifyWith((_, _) => new(0.35), "says", isFree: false));
        for (int i = 0; i < 5; i++)
        {
            RoutingRecord loaded = await Asked(client, $"question {i}");

            loaded.Policy.Should().Be(policy.Name);
            loaded.Decisions.Should().NotBeEmpty().And.BeEquivalentTo((await Asked(trained, $"question {i}")).Decisions);
        }

        // A policy may vouch for no answer at all.
        static async Task<RoutingRecord> Asked(IChatClient client, string question)
        {
            try
            {
                return (await client.GetResponseAsync(question)).Record();
            }
            catch (NoUsableAnswerException e)
            {
                return e.Record;
            }
        }
    }

    public static TheoryData<string> Families => [.. PolicyRegistry.All.Where(f => !f.Needs.HasFlag(PolicyNeeds.Embeddings)).Select(f => f.Key)];

    [Fact]
    public void Goal_WithAPolicyOfOneGoal_IsAConfigurationErrorThatNamesIt()
    {
        PolicyFile.Save(ThresholdPolicy.Always(Models, 0), _path);

        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.Configure(o => o.Plan = _path).UseGoal(Goal.KeepQuality(0.9))))
            .Should().Throw<AutoMixConfigurationException>().WithMessage("*'threshold'*one goal*");
    }

    [Fact]
    public void Plan_ThatIsNone_NamesTheSetting()
    {
        File.WriteAllText(_path, "{}");

        new Action(() => Mix.Of(Answering("a"), Answering("b"), m => m.Configure(o => o.Plan = _path)))
            .Should().Throw<AutoMixConfigurationException>().WithMessage("*Plan*").WithInnerException<PlanFormatException>();
    }

    [Fact]
    public void Goals_CodeReplacesTheOptionsAndTheOptionsReplaceThePlansOwn()
    {
        CascadeModel model = CascadeTrainer.Fit(Traces());
        CascadePlan plan = model.Solve(Goal.ErrorCosts(100));
        plan.Save(_path);
        Goal file = Goal.SpendAtMost(0.05);

        Of(null, null).Should().Be(With(plan), "without a goal the plan keeps its own");
        Of(o => o.SpendAtMost = 0.05m, null).Should().Be(With(model.Solve(file)), "the options' goal replaces the plan's");
        Of(o => o.SpendAtMost = 0.05m, m => m.UseGoal(Goal.ErrorCosts(100))).Should().Be(With(plan), "code replaces the options' goal, of whatever kind");
        Of(null, m => m.UseGoal(Goal.ErrorCosts(100)).UseGoal(Goal.SpendAtMost(0.05))).Should().Be(With(model.Solve(file)), "the last goal in code holds");
        With(model.Solve(file)).Should().NotBe(With(plan));

        string With(CascadePlan solved) => Pipeline(_ => { }, m => m.RouteWith(solved));

        string Of(Action<AutoMixOptions>? options, Action<AutoMixBuilder>? code) => Pipeline(
            o =>
            {
                o.Plan = _path;
                options?.Invoke(o);
            },
            code);

        static string Pipeline(Action<AutoMixOptions> options, Action<AutoMixBuilder>? code)
        {
            var services = new ServiceCollection();
            services.Configure(options);
            services.AddAutoMixChatClient(mix =>
            {
                mix.AddModel("small", Answering("a"), Mix.SmallPrice).AddModel("large", Answering("b"), Mix.LargePrice);
                code?.Invoke(mix);
            });
            return services.BuildServiceProvider().GetRequiredService<IChatClient>().GetService<AutoMixChatClient>()!.Fingerprint;
        }
    }

    // Half of the questions are beyond the small model, whose confidence says so.
    private static IEnumerable<TraceRecord> Traces() => Enumerable.Range(0, 80).Select(i =>
    {
        bool right = (i * 7 % 10) < 5;
        double confidence = Math.Clamp((right ? 0.75 : 0.3) + ((i % 5) * 0.05), 0, 1);
        return new TraceRecord
        {
            Id = $"q{i}",
            Answers =
            [
                Answer("small", right ? "yes" : "no", right ? 1 : 0, 0.00001, confidence),
                Answer("large", "yes", i % 20 == 0 ? 0 : 1, 0.001, 0.9),
            ],
        };

        static TraceAnswer Answer(string model, string text, double quality, double cost, double confidence) =>
            new() { Model = model, Answer = text, Quality = quality, AnswerCost = cost, Confidence = confidence, VerifyCost = cost / 4, Seconds = 1 };
    });
}
