using AutoMix.Policies;
using AutoMix.Replay;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AutoMix.Equality;

/// <summary>Every policy of the registry over HTTP through the pipeline: a new key is covered without a word here.</summary>
public sealed class EveryPolicyLiveTests
{
    private static readonly int TrainingQueries = TestSize.Of(60, 100);
    private static readonly int Queries = TestSize.Of(20, 30);
    private const int Policies = 3;

    // A system message of one token and a prompt, at eight tokens each beside: what the pipeline adds to the count of the prompt.
    private const int Overhead = 17;

    // Confidences that come free with the answer, and confidences that are paid for.
    public static IEnumerable<object[]> Keys =>
        from family in PolicyRegistry.All
        from chain in (string[])["mmlu.qwen_oai", "triviaqa.qwen_oai"]
        select new object[] { family.Key, chain };

    [TracesTheory]
    [MemberData(nameof(Keys))]
    public async Task For_AnyFamily_DecidesAndCostsAsOffline(string key, string chain)
    {
        TraceTable train = Embedded([.. RecordedTraces.Read($"{chain}.train").Take(TrainingQueries)]);
        IReadOnlyList<TraceRecord> test = [.. RecordedTraces.Read($"{chain}.test").Take(Queries)];
        TraceTable offline = Embedded(test);
        Dictionary<string, int> tokens = test.ToDictionary(record => record.Prompt, record => (int)record.Answers[0].InputTokens - Overhead);
        IServiceProvider services = new ServiceCollection()
            .AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(new BagOfWordsGenerator())
            .BuildServiceProvider();
        await using ReplayServer server = await ReplayServer.StartAsync(new RecordedAnswers(test));

        foreach (ICascadePolicy policy in Some(PolicyRegistry.Get(key).Train(train)))
        {
            using var live = new LivePath(
                server,
                policy,
                mix =>
                {
                    // The same count of tokens as in the traces: the application's tokenizer is the provider's.
                    mix.CountTokensWith(text => tokens.GetValueOrDefault(text, 1));
                    _ = chain.StartsWith("mmlu", StringComparison.Ordinal)
                        ? mix.VerifyWith(new AnswerProbabilityVerifier()).Configure(o => o.PaidVerification = false)
                        : mix.VerifyWith(new PTrueVerifier());
                },
                sendPurpose: true,
                services);
            IReadOnlyList<DecidedPath> expected = OfflinePath.Run(policy, offline);
            for (int row = 0; row < test.Count; row++)
            {
                DecidedPath path = await live.RunAsync(test[row], streaming: row % 2 == 1);
                (path with { Dollars = 0 }).Should().Be(expected[row] with { Dollars = 0 }, "{0} decides query {1} alike", key, test[row].Id);
                path.Dollars.Should().BeApproximately(expected[row].Dollars, 1e-12);
            }
        }
    }

    // From the cheap to the dear end.
    private static IEnumerable<ICascadePolicy> Some(TrainedFamily family)
    {
        IReadOnlyList<ICascadePolicy> all = [.. family.Offered().OrderBy(offer => offer.Training.Cost).Select(offer => offer.Policy)];
        return Enumerable.Range(0, Policies).Select(i => (all.Count - 1) * i / (Policies - 1)).Distinct().Select(i => all[i]);
    }

    private static TraceTable Embedded(IReadOnlyList<TraceRecord> records) => TraceTable.From(records).WithEmbeddings(prompt => BagOfWordsGenerator.Embed(prompt));

    /// <summary>A hashed bag of words: not wise, but the same offline and live.</summary>
    private sealed class BagOfWordsGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        private const int Dimensions = 16;

        public static float[] Embed(string text)
        {
            float[] bag = new float[Dimensions];
            foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                bag[RequestKeys.FromText(word) % Dimensions]++;
            }

            return bag;
        }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([.. values.Select(value => new Embedding<float>(Embed(value)))]);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
