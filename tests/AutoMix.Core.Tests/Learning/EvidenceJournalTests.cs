using AutoMix.Core.Tests.Cascades;
using AutoMix.Learning;

namespace AutoMix.Core.Tests.Learning;

public class EvidenceJournalTests
{
    private static readonly TraceTable Table = TraceTable.From(SimulatedTraces.Create(2, 300, seed: 5));

    private static EvidenceSums Add(EvidenceSums sums, EvidenceJournal journal, int from, int to, double price = 1)
    {
        for (int row = from; row < to; row++)
        {
            journal.Add(LabelledRequest.From(Table, row));
            for (int m = 0; m < 2; m++)
            {
                journal.AddCost(m, new(price * Table.AnswerCost(row, m), 100, 1), null);
            }
        }

        sums.Merge(journal.Take().Sums);
        return sums;
    }

    [Fact]
    public void Take_Twice_GivesNothingTheSecondTime()
    {
        var journal = new EvidenceJournal(2);
        Add(new(), journal, 0, 10).Sums.Should().NotBeEmpty();

        journal.Take().Sums.Should().BeEmpty();
    }

    [Fact]
    public void Fade_AfterAChange_OldEvidenceIsOutvotedByWhatCameSince()
    {
        var journal = new EvidenceJournal(2);
        var sums = new EvidenceSums();
        Add(sums, journal, 0, 200);
        journal.Fade(since: 50);
        Add(sums, journal, 200, 200);

        // 50 requests of weight 1 and 150 of weight 1/16, the 50 counted once more among them.
        Evidence.SizeOf(sums).Should().BeInRange(60, 90);
        sums.Sums["jump"].Should().Be(4);
    }

    [Fact]
    public void FadeCost_AfterAChangeOfPrice_TheMeanIsTheNewOne()
    {
        var journal = new EvidenceJournal(2);
        var sums = new EvidenceSums();
        Add(sums, journal, 0, 100);
        double before = Evidence.From(sums, Table.Models)!.Table.AnswerCost(0, 1);
        Add(sums, journal, 100, 150, price: 2);
        journal.FadeCost(1);
        Add(sums, journal, 150, 150);
        TraceTable after = Evidence.From(sums, Table.Models)!.Table;

        (after.AnswerCost(0, 1) / before).Should().BeApproximately(2, 0.05);
        (after.AnswerCost(0, 0) / before).Should().BeLessThan(1, "the other model's price has not been touched");
    }

    [Fact]
    public void Follow_AnotherProcessHasFaded_NewEvidenceWeighsAsMuchAsItsOwn()
    {
        var one = new EvidenceJournal(2);
        var two = new EvidenceJournal(2);
        var sums = new EvidenceSums();
        Add(sums, one, 0, 100);
        one.Fade(0);
        sums.Merge(one.Take().Sums);
        two.Follow(sums);
        Add(sums, two, 100, 200);

        Evidence.SizeOf(sums).Should().BeInRange(100, 115);
    }

    [Fact]
    public void Fade_AnotherProcessHasNoticedFirst_AgesTheEvidenceOnce()
    {
        var one = new EvidenceJournal(2);
        var two = new EvidenceJournal(2);
        var sums = new EvidenceSums();
        two.Follow(sums);
        one.Fade(0);
        one.FadeCost(1);
        sums.Merge(one.Take().Sums);
        two.Follow(sums);
        two.Fade(0);
        two.FadeCost(1);

        two.Take().Sums.Should().BeEmpty();
        two.Fade(0);
        two.Take().Sums.Should().NotBeEmpty("a second drift is one of its own");
    }

    [Fact]
    public void Fade_AnyNumberOfTimes_WeightsStayFinite()
    {
        var journal = new EvidenceJournal(1) { Age = 256 };
        for (int i = 0; i < 1000; i++)
        {
            journal.Fade(0);
            journal.FadeCost(0);
        }

        journal.Add(new LabelledRequest { RequestKey = 1, Answers = [new() { Quality = 1, SameAs = 0 }] });
        journal.AddCost(0, new(1, 1, 1), null);
        journal.Take().Sums.Values.Should().OnlyContain(sum => double.IsFinite(sum));
    }
}
