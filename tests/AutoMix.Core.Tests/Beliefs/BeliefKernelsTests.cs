using AutoMix.Beliefs;

namespace AutoMix.Core.Tests.Beliefs;

public sealed class BeliefKernelsTests
{
    public static TheoryData<int> Lengths => new(Enumerable.Range(0, 131));

    [Theory]
    [MemberData(nameof(Lengths))]
    public void TryUpdate_AnyLengthDouble_EqualsScalarReference(int length)
    {
        (double[] belief, double[] likelihood) = Sample(length);
        double[] expected = new double[length], actual = new double[length];

        bool possible = ScalarBeliefs.TryUpdate<double>(belief, likelihood, expected, out double evidence);

        BeliefKernels.TryUpdate(belief, likelihood, actual, out double actualEvidence).Should().Be(possible);
        actualEvidence.Should().BeApproximately(evidence, 1e-14);
        Close(actual, expected, 1e-14);
        BeliefKernels.TryUpdate(belief, likelihood, belief, out _).Should().Be(possible);
        belief.Should().Equal(actual, "in place gives the same numbers");
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void TryUpdate_AnyLengthFloat_EqualsScalarReference(int length)
    {
        (double[] b, double[] l) = Sample(length);
        float[] belief = Single(b), likelihood = Single(l), expected = new float[length], actual = new float[length];

        bool possible = ScalarBeliefs.TryUpdate<float>(belief, likelihood, expected, out float evidence);

        BeliefKernels.TryUpdate(belief, likelihood, actual, out float actualEvidence).Should().Be(possible);
        actualEvidence.Should().BeApproximately(evidence, 1e-6f);
        Close(Double(actual), Double(expected), 2e-6);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void TryNormalize_AnyLength_EqualsScalarReference(int length)
    {
        (_, double[] weights) = Sample(length);
        double[] expected = new double[length], actual = new double[length];
        float[] expectedSingle = new float[length], actualSingle = new float[length];

        bool possible = ScalarBeliefs.TryNormalize<double>(weights, expected);
        ScalarBeliefs.TryNormalize<float>(Single(weights), expectedSingle);

        BeliefKernels.TryNormalize(weights, actual).Should().Be(possible);
        BeliefKernels.TryNormalize(Single(weights), actualSingle).Should().Be(possible);
        Close(actual, expected, 1e-14);
        Close(Double(actualSingle), Double(expectedSingle), 2e-6);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void ExpectedValueAndEntropy_AnyLength_EqualScalarReference(int length)
    {
        (double[] belief, double[] values) = Sample(length);

        BeliefKernels.ExpectedValue(belief, values).Should().BeApproximately(ScalarBeliefs.ExpectedValue<double>(belief, values), 1e-13);
        BeliefKernels.Entropy(belief).Should().BeApproximately(ScalarBeliefs.Entropy<double>(belief), 1e-13);
        BeliefKernels.ExpectedValue(Single(belief), Single(values)).Should().BeApproximately(ScalarBeliefs.ExpectedValue<float>(Single(belief), Single(values)), 1e-5f);
        BeliefKernels.Entropy(Single(belief)).Should().BeApproximately(ScalarBeliefs.Entropy<float>(Single(belief)), 1e-5f);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(33)]
    public void UpdateBatch_ManyBeliefs_EqualsOneByOne(int states)
    {
        const int Count = 7;
        double[] beliefs = new double[Count * states], likelihoods = new double[Count * states];
        for (int i = 0; i < Count; i++)
        {
            (double[] b, double[] l) = Sample(states, seed: i);
            b.CopyTo(beliefs, i * states);
            l.CopyTo(likelihoods, i * states);
        }

        Array.Clear(likelihoods, 3 * states, states);
        double[] destination = new double[Count * states], evidence = new double[Count];
        float[] destinationSingle = new float[Count * states], evidenceSingle = new float[Count];

        int impossible = BeliefKernels.UpdateBatch(beliefs, likelihoods, states, destination, evidence);
        int impossibleSingle = BeliefKernels.UpdateBatch(Single(beliefs), Single(likelihoods), states, destinationSingle, evidenceSingle);

        double[] expected = new double[states];
        int expectedImpossible = 0;
        for (int i = 0; i < Count; i++)
        {
            expectedImpossible += ScalarBeliefs.TryUpdate<double>(beliefs.AsSpan(i * states, states), likelihoods.AsSpan(i * states, states), expected, out double e) ? 0 : 1;
            Close(destination[(i * states)..((i + 1) * states)], expected, 1e-14);
            Close(Double(destinationSingle[(i * states)..((i + 1) * states)]), expected, 2e-6);
            evidence[i].Should().BeApproximately(e, 1e-14);
            evidenceSingle[i].Should().BeApproximately((float)e, 1e-6f);
        }

        impossible.Should().Be(expectedImpossible).And.BeGreaterThan(0);
        impossibleSingle.Should().Be(expectedImpossible);
    }

    [Fact]
    public void UpdateBatch_OneLikelihoodForAll_IsAppliedToEach()
    {
        double[] beliefs = [0.5, 0.5, 0.9, 0.1];
        double[] evidence = new double[2];

        BeliefKernels.UpdateBatch(beliefs, [1.0, 0.0], 2, beliefs, evidence).Should().Be(0);

        beliefs.Should().Equal(1, 0, 1, 0);
        evidence.Should().Equal(0.5, 0.9);
    }

    [Fact]
    public void TryUpdate_ImpossibleObservation_IsReportedAndKeepsTheBelief()
    {
        double[] belief = [0.25, 0.75, 0], destination = [9, 9, 9];
        float[] single = [0.25f, 0.75f, 0];

        BeliefKernels.TryUpdate(belief, [0, 0, 1], destination, out double evidence).Should().BeFalse();
        BeliefKernels.TryUpdate(single, [0, 0, 0], single, out float evidenceSingle).Should().BeFalse();

        evidence.Should().Be(0);
        evidenceSingle.Should().Be(0);
        destination.Should().Equal(belief);
        single.Should().Equal(0.25f, 0.75f, 0);
    }

    [Fact]
    public void TryUpdate_ProductsThatUnderflow_StillNormalise()
    {
        double[] destination = new double[3];
        float[] single = new float[2];

        BeliefKernels.TryUpdate([1e-200, 3e-200, 1], [1e-200, 1e-200, 0], destination, out double evidence).Should().BeTrue();
        BeliefKernels.TryUpdate([1e-25f, 1f], [1e-25f, 1e-44f], single, out float evidenceSingle).Should().BeTrue();

        Close(destination, [0.25, 0.75, 0], 1e-12);
        evidence.Should().BePositive();
        evidenceSingle.Should().BePositive();
        single.Sum().Should().BeApproximately(1, 1e-6f);
    }

    [Fact]
    public void TryNormalize_NoWeightOrNotFinite_IsReported()
    {
        double[] destination = new double[2];

        BeliefKernels.TryNormalize([0.0, 0.0], destination).Should().BeFalse();
        BeliefKernels.TryNormalize([double.NaN, 1.0], destination).Should().BeFalse();
        BeliefKernels.TryNormalize([1e-320, 3e-320], destination).Should().BeTrue();
        Close(destination, [0.25, 0.75], 1e-3);
        BeliefKernels.NormalizeBatch([0.0, 0.0, 1.0, 3.0], 2, new double[4]).Should().Be(1);
    }

    [Fact]
    public void TryUpdate_LengthsDiffer_Throws()
    {
        Action update = () => BeliefKernels.TryUpdate(new double[3], new double[2], new double[3], out _);
        Action batch = () => BeliefKernels.UpdateBatch(new double[6], new double[6], 4, new double[6], new double[1]);

        update.Should().Throw<ArgumentException>().WithMessage("*3*2*likelihood*");
        batch.Should().Throw<ArgumentException>();
    }

    // A zero now and then, as beliefs and likelihoods have.
    private static (double[] Belief, double[] Likelihood) Sample(int length, int seed = 17)
    {
        Random random = new((seed * 1000) + length);
        double[] belief = [.. Enumerable.Range(0, length).Select(_ => random.Next(8) == 0 ? 0 : random.NextDouble())];
        double[] likelihood = [.. Enumerable.Range(0, length).Select(_ => random.Next(8) == 0 ? 0 : random.NextDouble())];
        double sum = belief.Sum();
        for (int i = 0; i < length && sum > 0; i++)
        {
            belief[i] /= sum;
        }

        return (belief, likelihood);
    }

    private static float[] Single(double[] values) => [.. values.Select(v => (float)v)];

    private static double[] Double(float[] values) => [.. values.Select(v => (double)v)];

    private static void Close(double[] actual, double[] expected, double tolerance)
    {
        actual.Should().HaveSameCount(expected);
        for (int i = 0; i < actual.Length; i++)
        {
            actual[i].Should().BeApproximately(expected[i], tolerance, "element {0} of {1}", i, actual.Length);
        }
    }
}
