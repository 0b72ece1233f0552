using AutoMix.Evaluation;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class MixturePolicyTests
{
    private static readonly string[] Models = ["small", "large"];
    private static readonly ICascadePolicy Small = ThresholdPolicy.Always(Models, 0);
    private static readonly ICascadePolicy Large = ThresholdPolicy.Always(Models, 1);

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Decide_ManyRequests_TheSecondDecidesItsShare(double share)
    {
        var mixture = new MixturePolicy(Small, Large, share, Seed: 4);
        int large = Enumerable.Range(0, 10_000).Count(i => First(mixture, RequestKeys.FromText($"request {i}")) == 1);
        (large / 10_000.0).Should().BeApproximately(share, 0.015);
    }

    [Fact]
    public void Decide_SameRequest_IsDecidedAlikeAtEveryStepAndByEveryCopy()
    {
        for (int i = 0; i < 100; i++)
        {
            ulong key = RequestKeys.FromText($"request {i}");
            int model = First(new MixturePolicy(Small, Large, 0.5, Seed: 4), key);
            First(new MixturePolicy(Small, Large, 0.5, Seed: 4), key).Should().Be(model);
            var history = new CascadeHistory(2) { RequestKey = key };
            history.RecordAnswer(model);
            new MixturePolicy(Small, Large, 0.5, Seed: 4).Decide(history).Should().Be(CascadeAction.Accept(model));
        }
    }

    [Fact]
    public void Decide_AnotherSeed_TossesAnotherCoin() =>
        Enumerable.Range(0, 100).Count(i => First(new MixturePolicy(Small, Large, 0.5, 1), (ulong)i) != First(new MixturePolicy(Small, Large, 0.5, 2), (ulong)i))
            .Should().BeInRange(25, 75);

    [Fact]
    public void Constructor_PoliciesOfDifferentModels_AreRefused() =>
        ((Action)(() => new MixturePolicy(Small, ThresholdPolicy.Always(["small", "huge"], 0), 0.5, 0))).Should().Throw<ArgumentException>();

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Constructor_ShareOutOfRange_IsRefused(double share) =>
        ((Action)(() => new MixturePolicy(Small, Large, share, 0))).Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void Load_SavedMixture_DecidesAlike()
    {
        TraceTable table = TraceTable.From(Cascades.SimulatedTraces.Create(2, 120, seed: 3));
        CascadePlan plan = CascadeTrainer.Fit(table, new CascadeFitOptions()).Solve(Goal.KeepQuality(0.9));
        var mixture = new MixturePolicy(ThresholdPolicy.Always(table.Models, 0), plan, 0.4, Seed: 9);
        var stream = new MemoryStream();
        PolicyFile.Save(mixture, stream);
        stream.Position = 0;
        PolicyEvaluation.Run(PolicyFile.Load(stream), table).Cost.Should().Equal(PolicyEvaluation.Run(mixture, table).Cost);
    }

    private static int First(MixturePolicy mixture, ulong key) => mixture.Decide(new CascadeHistory(2) { RequestKey = key }).Model;
}
