using CsCheck;

namespace AutoMix.Core.Tests.Cascades;

public sealed class CascadeBeliefTests
{
    [Fact]
    public void Belief_ObservationsInAnyOrder_EqualsThePlainComputationAfterEachStep() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int, Gen.Bool).Sample(
            (models, seed, agreement) => Differs(models, seed, agreement).Should().BeLessThan(1e-12),
            iter: RandomCascades.Cases(60));

    [Fact]
    public void Belief_MoreAnswersThanAreTakenIntoAccount_EqualsThePlainComputation() => Differs(models: 10, seed: 4, agreement: true).Should().BeLessThan(1e-12);

    [Fact]
    public void Belief_SmallCascade_HoldsTheWholeJointDistribution()
    {
        CascadeModel model = RandomCascades.Create(5, 3, seed: 9);
        var history = new CascadeHistory(5);
        foreach (int m in (int[])[3, 0, 4])
        {
            history.RecordAnswer(m, agreesWith: m == 4 ? 3 : -1);
            history.RecordConfidence(m, 0.3 + (m / 10.0));
        }

        double[] plain = PlainBelief.Joint(model, history);
        double total = plain.Sum();
        CascadeBelief belief = history.Belief(model);

        belief.Patterns.Should().Be(32);
        for (int state = 0; state < plain.Length; state++)
        {
            belief.Weights[state / CascadeModel.Nodes][state % CascadeModel.Nodes].Should().BeApproximately(plain[state] / total, 1e-12);
        }
    }

    [Fact]
    public void Belief_HistoryResetAndRecordedAnew_IsCarriedOn()
    {
        CascadeModel model = RandomCascades.Create(3, 3, seed: 5);
        CascadeModel other = RandomCascades.Create(3, 3, seed: 6);
        var history = new CascadeHistory(3);
        double[] belief = new double[3];
        foreach ((CascadeModel asked, double confidence, int answers) in ((CascadeModel, double, int)[])
            [(model, 0.4, 1), (model, 0.4, 2), (model, 0.9, 2), (other, 0.9, 2), (model, 0.9, 1), (model, double.NaN, 3)])
        {
            history.Reset();
            for (int m = 0; m < answers; m++)
            {
                history.RecordAnswer(m);
                if (m == 0 && !double.IsNaN(confidence))
                {
                    history.RecordConfidence(0, confidence);
                }
            }

            asked.Belief(history, belief);

            double[] expected = PlainBelief.Marginals(asked, history);
            belief.Zip(expected, (b, e) => Math.Abs(b - e)).Max().Should().BeLessThan(1e-12, "{0} answers, confidence {1}", answers, confidence);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    public void Belief_BuffersGrown_AllocatesNothing(int models)
    {
        CascadeModel model = RandomCascades.Create(models, 3, seed: 3);
        var history = new CascadeHistory(models);
        double[] belief = new double[models];
        long allocated = 0;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            history.Reset();
            for (int m = 0; m < models; m++)
            {
                history.RecordAnswer(m);
                model.Belief(history, belief);
                history.RecordConfidence(m, 0.7);
                model.Belief(history, belief);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        allocated.Should().Be(0);
    }

    [Fact]
    public void Belief_ImpossibleConfidence_StaysThePriorUntilTheHistoryIsAnother()
    {
        CascadeModel any = RandomCascades.Create(2, 2, seed: 6);
        CascadeModel model = GreedySolverTests.Never(confidence: 0.99);
        var history = new CascadeHistory(2);
        double[] belief = new double[2];
        history.RecordAnswer(0);
        history.RecordConfidence(0, 0.99);
        model.Belief(history, belief).Should().BeFalse();
        history.RecordAnswer(1);
        model.Belief(history, belief).Should().BeFalse();
        belief.Should().Equal(any.Accuracy(0), any.Accuracy(1));

        history.RecordConfidence(0, 0.5);

        model.Belief(history, belief).Should().BeTrue();
        belief.Zip(PlainBelief.Marginals(model, history), (b, e) => Math.Abs(b - e)).Max().Should().BeLessThan(1e-12);
    }

    // The largest difference to the plain computation along a random history.
    private static double Differs(int models, int seed, bool agreement)
    {
        CascadeModel model = RandomCascades.Create(models, 3, seed, agreement);
        var random = new Random(seed);
        var history = new CascadeHistory(models);
        double[] belief = new double[models];
        double largest = 0;
        for (int step = 0; step < 3 * models; step++)
        {
            Observe(history, random);
            model.Belief(history, belief).Should().BeTrue();
            largest = Math.Max(largest, belief.Zip(PlainBelief.Marginals(model, history), (one, other) => Math.Abs(one - other)).Max());
        }

        return largest;
    }

    // An answer of a model that has not answered, in any order of the models, or a confidence.
    private static void Observe(CascadeHistory history, Random random)
    {
        int m = random.Next(history.ModelCount);
        if (history.IsCalled(m))
        {
            history.RecordConfidence(m, random.NextDouble());
            return;
        }

        int agreesWith = random.Next(-1, history.ModelCount);
        history.RecordAnswer(m, agreesWith >= 0 && history.IsCalled(agreesWith) ? agreesWith : -1);
    }
}
