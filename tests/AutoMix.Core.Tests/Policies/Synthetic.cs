using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

/// <summary>Made-up traces whose right answers are known, and random states to decide about.</summary>
internal static class Synthetic
{
    public const int Dimensions = 16;

    public static readonly string[] Words =
        ["alpha", "beta", "gamma", "delta", "sum", "proof", "king", "river", "war", "code", "loop", "verb", "cell", "law", "star", "tax"];

    /// <summary>Three models of growing skill and price; confidences that tell a little; topics that the prompt's words give away.</summary>
    public static TraceTable Table(int rows = 240, int seed = 1, int models = 3, double verifyCost = 0.0002, bool embed = true)
    {
        var table = TraceTable.From(Records(rows, seed, models, verifyCost));
        return embed ? table.WithEmbeddings(prompt => BagOfWords(prompt)) : table;
    }

    public static IEnumerable<TraceRecord> Records(int rows, int seed, int models = 3, double verifyCost = 0.0002)
    {
        var random = new Random(seed);
        for (int row = 0; row < rows; row++)
        {
            int topic = random.Next(2);
            double difficulty = random.NextDouble();
            string prompt = string.Join(' ', Enumerable.Range(0, 8).Select(_ => Words[random.Next(8) + (8 * topic)]));
            string right = "A" + random.Next(3);
            yield return new TraceRecord
            {
                Id = $"s{seed}-{row}",
                Prompt = prompt,
                Answers = [.. Enumerable.Range(0, models).Select(m =>
                {
                    // The middle model is an expert of topic 1.
                    double skill = 0.45 + (0.5 * m / Math.Max(models - 1, 1)) + (m == 1 && topic == 1 ? 0.25 : 0);
                    bool good = random.NextDouble() < Math.Clamp(skill + 0.3 - (0.6 * difficulty), 0.02, 0.98);
                    double confidence = Math.Clamp((good ? 0.65 : 0.35) + (0.25 * ((2 * random.NextDouble()) - 1)), 0.01, 0.99);
                    return new TraceAnswer
                    {
                        Model = "m" + m,
                        Answer = good ? right : "B" + random.Next(2),
                        Quality = good ? 1 : 0,
                        Confidence = confidence,
                        InputTokens = 50 + random.Next(100),
                        OutputTokens = 10,
                        AnswerCost = 0.0005 * Math.Pow(4, m) * (0.8 + (0.4 * random.NextDouble())),
                        VerifyCost = verifyCost,
                        Seconds = 0.2 * (m + 1),
                    };
                })],
            };
        }
    }

    /// <summary>A hashed bag of words of unit length.</summary>
    public static float[] BagOfWords(string text, int dimensions = Dimensions)
    {
        float[] bag = new float[dimensions];
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            ulong hash = RequestKeys.FromText(word.ToLowerInvariant());
            bag[hash % (ulong)dimensions] += (hash >> 32 & 1) == 0 ? 1 : -1;
        }

        float norm = MathF.Sqrt(bag.Sum(b => b * b));
        return norm > 0 ? [.. bag.Select(b => b / norm)] : bag;
    }

    /// <summary>A history such as any pipeline may come to, with failures and verifications that said nothing.</summary>
    public static CascadeHistory RandomHistory(Random random, TraceTable table)
    {
        int models = table.ModelCount;
        var history = new CascadeHistory(models)
        {
            RequestKey = (ulong)random.NextInt64(),
            InputTokens = random.Next(500),
        };
        if (table.HasEmbeddings && random.Next(5) > 0)
        {
            history.Embedding = table.Embedding(random.Next(table.RowCount));
        }

        int[] order = [.. Enumerable.Range(0, models)];
        random.Shuffle(order);
        var called = new List<int>();
        foreach (int m in order)
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    history.RecordAnswer(m, called.Count > 0 && random.Next(2) == 0 ? called[random.Next(called.Count)] : -1);
                    history.RecordAnswerKey(m, table.AnswerKey(random.Next(table.RowCount), m));
                    called.Add(m);
                    switch (random.Next(5))
                    {
                        case 0:
                            history.RecordUnknown(m);
                            break;
                        case > 1:
                            history.RecordConfidence(m, random.NextDouble());
                            break;
                    }

                    break;
                case 2:
                    history.Exclude(m);
                    break;
            }
        }

        return history;
    }

    /// <summary>Saved to JSON and loaded again.</summary>
    public static ICascadePolicy Reload(ICascadePolicy policy)
    {
        using var stream = new MemoryStream();
        PolicyFile.Save(policy, stream);
        stream.Position = 0;
        return PolicyFile.Load(stream);
    }
}
