using AutoMix.Policies;

namespace AutoMix.Core.Tests.Policies;

public sealed class PairMethodTests
{
    private static readonly TraceTable Train = Synthetic.Table(400);
    private static readonly PairBins Bins = new(Train, 0, 2, Train.QuantileEdges(0, PairBins.Count));

    [Fact]
    public void Candidate_AnyMethod_GivesWhatReplayGives()
    {
        foreach (bool[] escalate in PairMethods.Union(Bins).Concat(PairMethods.TripleThreshold(Bins)).Take(60))
        {
            Candidate candidate = Bins.Candidate("union", escalate);
            Candidate replayed = Candidate.Measure(candidate.Make(), Train);
            candidate.Quality.Should().BeApproximately(replayed.Quality, 1e-9);
            candidate.Cost.Dollars.Should().BeApproximately(replayed.Cost.Dollars, 1e-12);
            candidate.Cost.Seconds.Should().BeApproximately(replayed.Cost.Seconds, 1e-9);
        }
    }

    [Fact]
    public void Union_AnyObjective_IsTheMemberThatWinsOnTrain()
    {
        Func<PairBins, IEnumerable<bool[]>>[] members = [PairMethods.PomdpSimple, PairMethods.GreedyPomdp, PairMethods.DoubleThreshold, PairMethods.Threshold];
        foreach (double weight in (double[])[0, 5, 20, 60, 200])
        {
            var objective = new CascadeObjective(weight);
            double best = members.Max(method => method(Bins).Max(e => Bins.Candidate("x", e).Value(objective)));
            PairMethods.Union(Bins).Max(e => Bins.Candidate("union", e).Value(objective)).Should().Be(best);
        }
    }

    [Fact]
    public void DoubleThreshold_HopelessQueriesAtTheBottom_SkipsThem()
    {
        // Below .3 nobody is right, from .3 to .6 only the large model, above both.
        TraceTable table = Planted(confidence => (confidence >= 0.6, confidence >= 0.3));
        var objective = new CascadeObjective(20);
        TrainedFamily two = PolicyRegistry.Get("double-threshold").Train(table);
        Candidate.Measure(two.For(objective), table).Value(objective).Should().BeGreaterThan(
            Candidate.Measure(PolicyRegistry.Get("pomdp-simple").Train(Planted(_ => (true, true))).For(objective), table).Value(objective));
        var history = new CascadeHistory(2);
        ICascadePolicy policy = two.For(objective);
        Decide(policy, history, 0.1).Should().Be(CascadeAction.Accept(0));
        Decide(policy, history, 0.45).Kind.Should().Be(CascadeActionKind.Call);
        Decide(policy, history, 0.9).Should().Be(CascadeAction.Accept(0));
    }

    [Fact]
    public void TripleThreshold_TwoRangesPay_EscalatesBoth()
    {
        TraceTable table = Planted(c => (c is (>= 0.2 and < 0.4) or >= 0.7, true));
        ICascadePolicy policy = PolicyRegistry.Get("triple-threshold").Train(table).For(new CascadeObjective(20));
        var history = new CascadeHistory(2);
        Decide(policy, history, 0.1).Kind.Should().Be(CascadeActionKind.Call);
        Decide(policy, history, 0.3).Should().Be(CascadeAction.Accept(0));
        Decide(policy, history, 0.55).Kind.Should().Be(CascadeActionKind.Call);
        Decide(policy, history, 0.9).Should().Be(CascadeAction.Accept(0));
    }

    [Fact]
    public void PomdpSimple_EachSet_IsOptimalForSomePriceOfAnError()
    {
        // The definition by brute force: for each price, each bin takes the better of the two rewards.
        var expected = new HashSet<string>();
        for (int price = 0; price < 20_000; price++)
        {
            expected.Add(string.Concat(Enumerable.Range(0, Bins.Needy.Length).Select(bin =>
            {
                double total = Bins.Needy[bin] + Bins.Good[bin] + Bins.Hopeless[bin];
                double stay = -(price * Bins.Needy[bin]) - ((price + 1) * Bins.Hopeless[bin]);
                double escalate = -(100 * (Bins.Needy[bin] + Bins.Good[bin])) - ((price + 100) * Bins.Hopeless[bin]);
                return total > 0 && escalate / total >= stay / total ? '1' : '0';
            })));
        }

        IEnumerable<string> sets = PairMethods.PomdpSimple(Bins).Select(set => string.Concat(set.Select(e => e ? '1' : '0')));
        expected.Should().BeSubsetOf(sets.Append(new string('0', Bins.Needy.Length)));
    }

    [Fact]
    public void FixedAnswer_AnAnswerThatIsAlwaysWrong_EscalatesHoweverConfident()
    {
        TraceTable table = Planted(c => (c >= 0.5, true), "unanswerable");
        ICascadePolicy policy = PolicyRegistry.Get("fixed-answer").Train(table).For(new CascadeObjective(20));
        var history = new CascadeHistory(2);
        history.RecordAnswer(0);
        history.RecordAnswerKey(0, RequestKeys.FromText(AnswerText.Normalize("Unanswerable.")));
        history.RecordConfidence(0, 0.99);
        policy.Decide(history).Should().Be(CascadeAction.Call(1, final: true));
        history.Reset();
        history.RecordAnswer(0);
        history.RecordConfidence(0, 0.99);
        policy.Decide(history).Should().Be(CascadeAction.Accept(0));
    }

    [Fact]
    public void SelfConsistency_HalfOfTheVerificationsSayYes_IsTheThreshold()
    {
        TraceTable table = Planted(c => (c >= 0.5, true));
        ICascadePolicy policy = PolicyRegistry.Get("self-consistency").Train(table).For(new CascadeObjective(20));
        var history = new CascadeHistory(2);
        Decide(policy, history, 0.49).Kind.Should().Be(CascadeActionKind.Call);
        Decide(policy, history, 0.51).Should().Be(CascadeAction.Accept(0));
    }

    private static CascadeAction Decide(ICascadePolicy policy, CascadeHistory history, double confidence)
    {
        history.Reset();
        history.RecordAnswer(0);
        history.RecordConfidence(0, confidence);
        return policy.Decide(history);
    }

    private static TraceTable Planted(Func<double, (bool Small, bool Large)> correct, string? trap = null) => TraceTable.From(
        Enumerable.Range(0, 300).Select(i =>
        {
            double confidence = (i + 0.5) / 300;
            bool trapped = trap is not null && i % 7 == 0;
            (bool small, bool large) = correct(confidence);
            return new TraceRecord
            {
                Id = "p" + i,
                Answers =
                [
                    new() { Model = "small", Answer = trapped ? trap! : "x" + i, Quality = small && !trapped ? 1 : 0, Confidence = confidence, AnswerCost = 0.001 },
                    new() { Model = "large", Answer = "y" + i, Quality = large ? 1 : 0, Confidence = 0.5, AnswerCost = 0.01 },
                ],
            };
        }));
}
