using AutoMix.Estimation;
using CsCheck;

namespace AutoMix.Cascades;

/// <summary>Random cascade models for property tests: every number drawn, nothing estimated.</summary>
internal static class RandomCascades
{
    public static Gen<CascadeModel> Small { get; } = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int, Gen.Bool).Select((models, bins, seed, agreement) => Create(models, bins, seed, agreement));

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

    private static double[] Blend(int models, double[] weights, double[] correctness, Random random)
    {
        double[] blend = Numbers(1 << models, random, 0.2, 3);
        double[] joint = new double[CascadeModel.Nodes << models];
        new CorrectnessPrior(models, weights, correctness, blend).FillJoint(joint);
        double total = joint.Sum();
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
