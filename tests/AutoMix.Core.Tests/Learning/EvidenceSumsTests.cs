using AutoMix.Core.Tests.Cascades;
using AutoMix.Learning;

namespace AutoMix.Core.Tests.Learning;

public class EvidenceSumsTests
{
    private static readonly TraceTable Table = TraceTable.From(SimulatedTraces.Create(3, 40, seed: 5));

    private static LabelledRequest Request(params LabelledAnswer[] answers) => new() { Answers = answers };

    [Fact]
    public void Evidence_OfRecordedRows_HoldsWhatWasRecorded()
    {
        EvidenceSums sums = PlanLearnerTests.Evidence(Table, Enumerable.Range(0, 40));
        TraceTable read = Evidence.From(sums, Table.Models)!.Table;

        for (int m = 0; m < 3; m++)
        {
            Enumerable.Range(0, 40).Select(r => read.Quality(r, m)).Sum().Should().Be(Enumerable.Range(0, 40).Select(r => Table.Quality(r, m)).Sum());
            Enumerable.Range(0, 40).Select(r => read.Confidence(r, m)).Average().Should().BeApproximately(Enumerable.Range(0, 40).Select(r => Table.Confidence(r, m)).Average(), 0.01);
            Enumerable.Range(0, 40).Count(r => read.SameAs(r, m) == m).Should().Be(Enumerable.Range(0, 40).Count(r => Table.SameAs(r, m) == m));
            read.AnswerCost(0, m).Should().BeApproximately(Table.AnswerCost(0, m), 1e-12);
            read.VerifyCost(0, m).Should().BeApproximately(Table.VerifyCost(0, m), 1e-12);
        }
    }

    [Fact]
    public void Size_AllOfOneWeight_IsTheirNumber() =>
        Evidence.SizeOf(PlanLearnerTests.Evidence(Table, Enumerable.Range(0, 40), weight: 7)).Should().BeApproximately(40, 1e-9);

    [Fact]
    public void Add_AnEarlierEpoch_KeepsTheSizeOfEach()
    {
        var sums = new EvidenceSums();
        sums.Merge(PlanLearnerTests.Evidence(Table, Enumerable.Range(0, 40), weight: 1024).Sums, 1.0 / 1024);

        Evidence.SizeOf(sums).Should().BeApproximately(40, 1e-9);
        sums.Sums["weight"].Should().BeApproximately(40, 1e-9);
    }

    [Fact]
    public void Faded_OldRequests_AreNamed()
    {
        EvidenceSums sums = PlanLearnerTests.Evidence(Table, Enumerable.Range(0, 10));
        sums.Merge(PlanLearnerTests.Evidence(Table, Enumerable.Range(10, 30), weight: 1e6).Sums);

        sums.Faded(1e-3).Should().HaveCount(10);
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(1.5), InlineData(double.NaN)]
    public void Add_NoPropensity_IsRefused(double propensity)
    {
        Action act = () => new EvidenceSums().Add(Request(new LabelledAnswer(1, 0.5, 0)) with { Propensity = propensity });

        act.Should().Throw<ArgumentException>().WithMessage("*propensity*");
    }

    [Theory, InlineData(1.5, 0.5, 0), InlineData(1, -0.5, 0), InlineData(double.NaN, 0.5, 0), InlineData(1, 0.5, 1)]
    public void Add_AnAnswerOutOfRange_IsRefused(double quality, double confidence, int sameAs)
    {
        Action act = () => new EvidenceSums().Add(Request(new LabelledAnswer(quality, confidence, sameAs)));

        act.Should().Throw<ArgumentException>().WithMessage("*model 0*");
    }
}
