using AutoMix.Statistics;
using CsCheck;

namespace AutoMix.Core.Tests.Cascades;

/// <summary>Random cascade models for property tests: every number drawn, nothing estimated.</summary>
internal static class RandomCascades
{
    public static Gen<CascadeModel> Small { get; } = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int, Gen.Bool).Select((models, bins, seed, agreement) => Create(models, bins, seed, agreement));

    /// <summary>Random cases of a property: as many as it asks for, or AUTOMIX_CASES where every mutant of the code runs them again.</summary>
    public static int Cases(int usual) => int.TryParse(Environment.GetEnvironmentVariable("AUTOMIX_CASES"), out int asked) ? Math.Min(asked, usual) : usual;

    public static CascadeModel Create(int models, int bins, int seed, bool agreement = true)
    {
        var random = new Random(seed);
        double[] weights = Normalised(CascadeModel.Nodes, random);
        double[] correctness = Numbers(CascadeModel.Nodes * models, random, 0.05, 0.95);
        double[]? blend = models <= CorrectnessPrior.MostCountedModels && random.Next(2) == 0 ? Blend(models, weights, correctness, random) : null;
        byte[] bin = new byte[models * ConfidenceGrid.Size];
        for (int i = 0; i < bin.Length; i++)
        {
            bin[i] = (byte)(i % ConfidenceGrid.Size * bins / ConfidenceGrid.Size);
        }

        double[] density = new double[models * 2 * CascadeModel.Nodes * ConfidenceGrid.Size];
        for (int row = 0; row < density.Length; row += ConfidenceGrid.Size)
        {
            Normalised(ConfidenceGrid.Size, random).CopyTo(density, row);
        }

        return new CascadeModel(
            [.. Enumerable.Range(0, models).Select(m => $"model{m}")],
            [.. Numbers(models, random, 0.01, 0.5).Select(dollars => new CascadeCost(dollars))],
            [.. Numbers(models, random, 0.001, 0.1).Select(dollars => new CascadeCost(dollars))],
            [.. Enumerable.Range(0, models).Select(_ => (VerificationKind)random.Next(3))],
            new CorrectnessPrior(models, weights, correctness, blend),
            new ConfidenceModel(models, CascadeModel.Nodes, bins, density, bin),
            agreement
                ? new AgreementModel(models, Numbers(models * models * 4, random, 0.01, 20), Numbers(2 * AgreementModel.GroupSizes, random, 0.5, 3))
                : new AgreementModel(models, [.. Enumerable.Repeat(1.0, models * models * 4)], [.. Enumerable.Repeat(1.0, 2 * AgreementModel.GroupSizes)]),
            new CascadeFitOptions { Bins = bins, AgreementTemper = agreement ? 1 : 0 },
            weight: 1);
    }

    /// <summary>What may have been observed: some of the models called, in any groups, verified or not.</summary>
    public static List<BruteForce.Seen> History(CascadeModel model, Random random)
    {
        var seen = new List<BruteForce.Seen>();
        for (int m = 0; m < model.ModelCount; m++)
        {
            if (random.Next(3) > 0)
            {
                int groups = seen.Select(s => s.Group).Distinct().Count();
                int bin = model.Verification(m) == VerificationKind.None ? -1 : random.Next(-1, model.Confidence.Bins);
                seen.Add(new BruteForce.Seen(m, random.Next(groups + 1), bin));
            }
        }

        return seen;
    }

    /// <summary>The same model with each bin's mass spread evenly over its cells: where cells and bins mean the same.</summary>
    public static CascadeModel WithFlatBins(CascadeModel model)
    {
        int bins = model.Confidence.Bins;
        double[] density = model.Confidence.Density.ToArray();
        byte[] binOf = model.Confidence.BinOfCell.ToArray();
        for (int row = 0; row < density.Length / ConfidenceGrid.Size; row++)
        {
            Span<double> cells = density.AsSpan(row * ConfidenceGrid.Size, ConfidenceGrid.Size);
            for (int bin = 0; bin < bins; bin++)
            {
                double mass = 0;
                int count = 0;
                for (int cell = 0; cell < cells.Length; cell++)
                {
                    mass += binOf[cell] == bin ? cells[cell] : 0;
                    count += binOf[cell] == bin ? 1 : 0;
                }

                for (int cell = 0; cell < cells.Length; cell++)
                {
                    cells[cell] = binOf[cell] == bin ? mass / count : cells[cell];
                }
            }
        }

        int n = model.ModelCount;
        return new CascadeModel(
            [.. model.Models],
            [.. Enumerable.Range(0, n).Select(model.AnswerCost)],
            [.. Enumerable.Range(0, n).Select(model.VerifyCost)],
            [.. Enumerable.Range(0, n).Select(model.Verification)],
            model.Prior,
            new ConfidenceModel(n, CascadeModel.Nodes, bins, density, binOf),
            model.Agreement,
            model.Options,
            model.Weight);
    }

    private static double[] Blend(int models, double[] weights, double[] correctness, Random random)
    {
        double[] blend = Numbers(1 << models, random, 0.2, 3);
        double total = new CorrectnessPrior(models, weights, correctness, blend).Joint.ToArray().Sum();
        return [.. blend.Select(factor => factor / total)];
    }

    private static double[] Numbers(int count, Random random, double from, double to) =>
        [.. Enumerable.Range(0, count).Select(_ => from + ((to - from) * random.NextDouble()))];

    private static double[] Normalised(int count, Random random)
    {
        double[] numbers = Numbers(count, random, 0.01, 1);
        double total = numbers.Sum();
        return [.. numbers.Select(number => number / total)];
    }
}
