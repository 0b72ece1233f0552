using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class PolicyRegistryTests
{
    private static readonly TraceTable Train = Synthetic.Table();
    private static readonly TraceTable Test = Synthetic.Table(seed: 2);
    private static readonly ConcurrentDictionary<string, TrainedFamily> Trained = new();

    public static TheoryData<string> Keys => [.. PolicyRegistry.All.Select(family => family.Key)];

    [Fact]
    public void All_Keys_AreDifferentAndCited()
    {
        PolicyRegistry.All.Select(family => family.Key).Should().OnlyHaveUniqueItems();
        PolicyRegistry.All.Should().OnlyContain(family => family.Citation.Length > 20 || family.Citation.StartsWith("Baseline"));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Load_SavedPolicy_DecidesTheSameOnAThousandRandomStates(string key)
    {
        foreach (ICascadePolicy policy in Some(key))
        {
            ICascadePolicy loaded = Synthetic.Reload(policy);
            loaded.Name.Should().Be(policy.Name);
            loaded.Models.Should().Equal(policy.Models);
            loaded.Needs.Should().Be(policy.Needs);
            var random = new Random(7);
            for (int i = 0; i < 1000; i++)
            {
                CascadeHistory history = Synthetic.RandomHistory(random, Train);
                loaded.Decide(history).Should().Be(policy.Decide(history));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Decide_AnyState_IsPossible(string key)
    {
        foreach (ICascadePolicy policy in Some(key))
        {
            var random = new Random(11);
            for (int i = 0; i < 1000; i++)
            {
                CascadeHistory history = Synthetic.RandomHistory(random, Train);
                CascadeAction action = policy.Decide(history);
                bool possible = action.Kind switch
                {
                    CascadeActionKind.Call => !history.IsCalled(action.Model) && !history.IsExcluded(action.Model),
                    CascadeActionKind.Verify => history.CanVerify(action.Model),
                    CascadeActionKind.Accept => history.IsCalled(action.Model),
                    _ => true,
                };
                possible.Should().BeTrue($"{key} decided {action}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Decide_FinalCall_IsAcceptedWhateverItSays(string key)
    {
        foreach (ICascadePolicy policy in Some(key))
        {
            var history = new CascadeHistory(Test.ModelCount);
            for (int row = 0; row < Test.RowCount; row++)
            {
                var steps = new List<CascadeAction>();
                CascadeReplay.Run(policy, Test, row, history, steps.Add);
                int final = steps.FindIndex(step => step.IsFinal);
                if (final >= 0)
                {
                    steps[final + 1].Should().Be(CascadeAction.Accept(steps[final].Model), key);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Decide_CostWithoutWeight_IsNoWorseThanTheBestModelByMuch(string key)
    {
        double best = Enumerable.Range(0, Test.ModelCount).Max(m => Enumerable.Range(0, Test.RowCount).Average(row => Test.Quality(row, m)));
        PolicyEvaluation run = PolicyEvaluation.Run(Family(key).For(new CascadeObjective(0)), Test);
        run.Mean.Accuracy.Should().BeGreaterThan(best - 0.12, key);
    }

    [Fact]
    public void Train_TracesLackEmbeddings_SaysSo()
    {
        TraceTable bare = Synthetic.Table(60, embed: false);
        foreach (PolicyFamily family in PolicyRegistry.All.Where(f => f.Needs.HasFlag(PolicyNeeds.Embeddings)))
        {
            family.Missing(bare).Should().Be(PolicyNeeds.Embeddings);
            family.Invoking(f => f.Train(bare)).Should().Throw<ArgumentException>().WithMessage($"*'{family.Key}' needs Embeddings*WithEmbeddings*");
        }
    }

    [Fact]
    public void Train_TracesLackConfidences_SaysSo()
    {
        TraceTable bare = TraceTable.From(Synthetic.Records(60, 1).Select(record => record with
        {
            Answers = [.. record.Answers.Select(answer => answer with { Confidence = null })],
        }));
        PolicyRegistry.Get("grid-thresholds").Invoking(f => f.Train(bare)).Should().Throw<ArgumentException>().WithMessage("*needs Confidences*");
    }

    [Theory]
    [InlineData("random-mix")]
    [InlineData("oracle")]
    public void Get_EvaluationBaseline_SaysWhyItCannotBeRun(string key)
    {
        string[] asked = [
            ((Action)(() => PolicyRegistry.Get(key))).Should().Throw<ArgumentException>().Which.Message,
            ((Action)(() => PolicyFile.Load(key))).Should().Throw<FileNotFoundException>().Which.Message,
            ((Action)(() => Load($$"""{"policy":"{{key}}","schemaVersion":1}"""))).Should().Throw<PlanFormatException>().Which.Message,
        ];
        asked.Should().AllSatisfy(message => message.Should().Contain($"'{key}' exists in evaluation only and cannot be run: ").And.Contain("train 'default'"));
        PolicyRegistry.All.Should().NotContain(family => family.Key == key);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"policy\":\"threshold\"}", "'schemaVersion'")]
    [InlineData("{\"policy\":\"threshold\",\"schemaVersion\":99}", "version 99*version 2*Update the library")]
    [InlineData("{\"policy\":\"chain\",\"schemaVersion\":1}", "version 1*version 2*train the policy again")]
    [InlineData("{\"policy\":\"nothing\",\"schemaVersion\":2}", "'nothing'*threshold")]
    [InlineData("{\"policy\":\"threshold\",\"schemaVersion\":2,\"name\":\"x\",\"models\":[\"a\"],\"thresholds\":[-1],\"abstainBelow\":[0]}", "threshold per model")]
    [InlineData("{\"policy\":\"threshold\",\"schemaVersion\":2,\"name\":\"x\",\"models\":[\"a\"],\"thresholds\":[0],\"abstainBelow\":[-1]}", "lower threshold per model")]
    [InlineData("{\"policy\":\"threshold\",\"schemaVersion\":2,\"name\":\"x\",\"models\":[\"a\"],\"thresholds\":null,\"abstainBelow\":[0]}", "not a usable policy")]
    public void Load_NoPolicy_NamesTheFile(string json, string problem = "") =>
        ((Action)(() => Load(json))).Should().Throw<PlanFormatException>().WithMessage($"my.json*{problem}*");

    [Theory]
    [MemberData(nameof(Keys))]
    public void Load_DamagedParameter_IsATypedErrorOrAPolicy(string key)
    {
        using var stream = new MemoryStream();
        PolicyFile.Save(Some(key).Last(), stream);
        string saved = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        JsonObject whole = JsonNode.Parse(saved)!.AsObject();
        foreach (string parameter in whole.Select(entry => entry.Key))
        {
            foreach (string? value in (string?[])[null, "null", "-1", "[]", "[null]", "{}", "\"x\"", "1e400"])
            {
                JsonObject damaged = JsonNode.Parse(saved)!.AsObject();
                damaged.Remove(parameter);
                if (value is not null)
                {
                    damaged[parameter] = JsonNode.Parse(value);
                }

                try
                {
                    Load(damaged.ToJsonString()).Decide(new CascadeHistory(Train.ModelCount));
                }
                catch (PlanFormatException e)
                {
                    e.Message.Should().StartWith("my.json", "'{0}' is {1}", parameter, value ?? "missing");
                }
            }
        }
    }

    private static ICascadePolicy Load(string json) => PolicyFile.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json)), "my.json");

    private static TrainedFamily Family(string key) => Trained.GetOrAdd(key, static k => PolicyRegistry.Get(k).Train(Train));

    // Four policies from the cheap to the dear end.
    private static IEnumerable<ICascadePolicy> Some(string key)
    {
        IReadOnlyList<ICascadePolicy> all = [.. Family(key).Offered().Select(offer => offer.Policy)];
        return Enumerable.Range(0, 4).Select(i => (all.Count - 1) * i / 3).Distinct().Select(i => all[i]);
    }
}
