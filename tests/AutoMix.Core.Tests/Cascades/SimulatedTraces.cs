namespace AutoMix.Core.Tests.Cascades;

/// <summary>Simulated traces for tests of behaviour, not of quality: one latent easiness, better models dearer.</summary>
internal static class SimulatedTraces
{
    public static IReadOnlyList<TraceRecord> Create(int models, int rows, int seed, double verifyShare = 0.5)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(row =>
        {
            double easiness = Normal(random);
            return new TraceRecord
            {
                Id = $"q{row}",
                Answers = [.. Enumerable.Range(0, models).Select(m =>
                {
                    double strength = (3.0 * m / Math.Max(1, models - 1)) - 1;
                    bool correct = random.NextDouble() < 1 / (1 + Math.Exp(-(strength + (1.5 * easiness))));
                    double cost = 1e-5 * Math.Pow(40, m / (double)Math.Max(1, models - 1));
                    return new TraceAnswer
                    {
                        Model = $"model{m}",
                        Answer = correct ? "right" : $"wrong {random.Next(4)}",
                        Quality = correct ? 1 : 0,
                        Confidence = 1 / (1 + Math.Exp(-((correct ? 1.2 : -0.4) + (0.5 * easiness) + Normal(random)))),
                        AnswerCost = cost,
                        VerifyCost = cost * verifyShare,
                        Seconds = 0.1 * (m + 1),
                        InputTokens = 100,
                        OutputTokens = 5,
                    };
                })],
            };
        })];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
