using AutoMix.Beliefs;

namespace AutoMix.Core.Tests.Beliefs;

public sealed class TransitionKernelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(40)]
    [InlineData(130)]
    [InlineData(260)]
    public void TryUpdate_DenseSparseAndBatch_EqualTheDefinition(int states)
    {
        Random random = new(states);
        double[] dense = [.. Enumerable.Range(0, states * states).Select(_ => random.Next(3) == 0 ? random.NextDouble() : 0)];
        double[] likelihood = [.. Enumerable.Range(0, states).Select(_ => random.NextDouble())];
        SparseMatrix sparse = Sparse(dense, states);
        foreach (int count in new[] { 1, 5, 32, 67 })
        {
            double[] beliefs = new double[states * count], batch = new double[states * count], evidence = new double[count];
            for (int i = 0; i < count; i++)
            {
                double[] weights = [.. Enumerable.Range(0, states).Select(_ => random.NextDouble())];
                BeliefKernels.TryNormalize(weights, weights);
                for (int s = 0; s < states; s++)
                {
                    beliefs[(s * count) + i] = weights[s];
                }
            }

            int impossible = TransitionKernels.UpdateBatch(beliefs, count, dense, likelihood, batch, evidence);

            int expectedImpossible = 0;
            for (int i = 0; i < count; i++)
            {
                double[] belief = [.. Enumerable.Range(0, states).Select(s => beliefs[(s * count) + i])];
                double[] expected = [.. Enumerable.Range(0, states).Select(t => likelihood[t] * Enumerable.Range(0, states).Sum(s => belief[s] * dense[(s * states) + t]))];
                double sum = expected.Sum();
                double[] fromDense = new double[states], fromSparse = new double[states];
                TransitionKernels.TryUpdate(belief, dense, likelihood, fromDense, out double e).Should().Be(sum > 0);
                TransitionKernels.TryUpdate(belief, sparse, likelihood, fromSparse, out _).Should().Be(sum > 0);
                expectedImpossible += sum > 0 ? 0 : 1;
                e.Should().BeApproximately(sum, 1e-12 * states);
                evidence[i].Should().BeApproximately(sum, 1e-12 * states);
                for (int t = 0; t < states && sum > 0; t++)
                {
                    fromDense[t].Should().BeApproximately(expected[t] / sum, 1e-13);
                    fromSparse[t].Should().BeApproximately(expected[t] / sum, 1e-13);
                    batch[(t * count) + i].Should().BeApproximately(expected[t] / sum, 1e-13);
                }
            }

            impossible.Should().Be(expectedImpossible);
        }
    }

    [Fact]
    public void UpdateBatch_ImpossibleForOneBelief_IsCountedAndZero()
    {
        double[] beliefs = [1, 0, 0, 1], destination = new double[4], evidence = new double[2];

        int impossible = TransitionKernels.UpdateBatch(beliefs, 2, [1, 0, 0, 1], [1, 0], destination, evidence);

        impossible.Should().Be(1);
        evidence.Should().Equal(1, 0);
        destination.Should().Equal(1, 0, 0, 0);
    }

    [Fact]
    public void Update_ThousandsOfObservationsInLogarithms_KeepTheRatio()
    {
        double[] belief = [Math.Log(0.5), Math.Log(0.5), double.NegativeInfinity];
        double total = 0;
        for (int i = 0; i < 5000; i++)
        {
            double[] likelihood = i % 2 == 0 ? [Math.Log(1e-8), Math.Log(2e-8), 0] : [Math.Log(2e-8), Math.Log(1e-8), 0];
            LogBeliefKernels.TryUpdate(belief, likelihood, belief, out double logEvidence).Should().BeTrue();
            total += logEvidence;
        }

        double[] weights = new double[3];
        LogBeliefKernels.ToBelief(belief, weights);
        weights[0].Should().BeApproximately(0.5, 1e-9);
        weights[2].Should().Be(0);
        total.Should().BeLessThan(-80_000).And.BeGreaterThan(double.NegativeInfinity);
        LogBeliefKernels.TryUpdate(belief, [double.NegativeInfinity, double.NegativeInfinity, 0], belief, out double impossible).Should().BeFalse();
        impossible.Should().Be(double.NegativeInfinity);
    }

    private static SparseMatrix Sparse(double[] dense, int states)
    {
        List<int> starts = [0], columns = [];
        List<double> values = [];
        for (int s = 0; s < states; s++)
        {
            for (int t = 0; t < states; t++)
            {
                if (dense[(s * states) + t] != 0)
                {
                    columns.Add(t);
                    values.Add(dense[(s * states) + t]);
                }
            }

            starts.Add(columns.Count);
        }

        return new SparseMatrix([.. starts], [.. columns], [.. values], states);
    }
}
