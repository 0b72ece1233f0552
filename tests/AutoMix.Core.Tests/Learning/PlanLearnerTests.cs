using AutoMix.Core.Tests.Cascades;
using AutoMix.Evaluation;
using AutoMix.Learning;
using AutoMix.Policies;

namespace AutoMix.Core.Tests.Learning;

public class PlanLearnerTests
{
    private static readonly TraceTable Table = TraceTable.From(SimulatedTraces.Create(3, 600, seed: 5));

    internal static EvidenceSums Evidence(TraceTable table, IEnumerable<int> rows, Func<int, double>? propensity = null, double weight = 1)
    {
        var sums = new EvidenceSums();
        foreach (int row in rows)
        {
            sums.Add(LabelledRequest.From(table, row) with { Propensity = propensity?.Invoke(row) ?? 1 }, weight);
            for (int m = 0; m < table.ModelCount; m++)
            {
                sums.AddCost(m, new(table.AnswerCost(row, m), table.Tokens(row, m), table.Seconds(row, m)), table.VerifyCost(row, m), weight);
            }
        }

        return sums;
    }

    private static IEnumerable<int> Rows(int count) => Enumerable.Range(0, count);

    private static string Decisions(ICascadePolicy policy, TraceTable table)
    {
        var history = new CascadeHistory(table.ModelCount);
        var text = new System.Text.StringBuilder();
        for (int row = 0; row < 200; row++)
        {
            CascadeReplay.Run(policy, table, row, history, action => text.Append(action).Append(';'));
        }

        return text.ToString();
    }

    [Fact]
    public void Learn_ModelsCostNothing_TakesTheBetterOne()
    {
        TraceTable free = TraceTable.From(SimulatedTraces.Create(2, 300, seed: 6).Select(record => record with { Answers = [.. record.Answers.Select(answer => answer with { AnswerCost = 0, VerifyCost = 0 })] }));
        PlanProposal proposal = new PlanLearner(Goal.KeepQuality(1)).Learn(Evidence(free, Rows(300)), ThresholdPolicy.Always(free.Models, 0));
        proposal.Gain.Should().BePositive(proposal.Reason);
        proposal.IsBetter.Should().BeTrue(proposal.Reason);
    }

    [Fact]
    public void Learn_FewerLabelsThanTheMinimum_MakesNoPlan()
    {
        PlanProposal proposal = new PlanLearner(minimumLabels: 50).Learn(Evidence(Table, Rows(49)), ColdStart.Policy(Table.Models));

        proposal.Plan.Should().BeNull();
        proposal.IsBetter.Should().BeFalse();
        proposal.Reason.Should().Contain("49").And.Contain("50");
    }

    [Fact]
    public void Learn_FewLabelsOfLargeWeight_CountAsFew()
    {
        PlanProposal proposal = new PlanLearner(minimumLabels: 50).Learn(Evidence(Table, Rows(60), row => row < 5 ? 0.01 : 1), ColdStart.Policy(Table.Models));

        proposal.Plan.Should().BeNull("five labels outweigh all others");
    }

    [Fact]
    public void Learn_EnoughLabels_IsBetterThanTheLargeModelAlone()
    {
        PlanProposal proposal = new PlanLearner(Goal.KeepQuality(0.95)).Learn(Evidence(Table, Rows(300)), ThresholdPolicy.Always(Table.Models, 2));

        proposal.IsBetter.Should().BeTrue(proposal.Reason);
        proposal.Gain.Should().BeGreaterThan(proposal.GainError);
        proposal.Model!.Curve.Should().NotBeNull();
    }

    [Fact]
    public void Learn_ThePlanAtHandIsAsGood_KeepsIt()
    {
        EvidenceSums evidence = Evidence(Table, Rows(300));
        var learner = new PlanLearner();
        ICascadePolicy first = learner.Learn(evidence, ColdStart.Policy(Table.Models)).Plan!;

        PlanProposal again = learner.Learn(evidence, first);
        again.Plan.Should().NotBeNull();
        again.IsBetter.Should().BeFalse(again.Reason);
    }

    [Fact]
    public void Learn_MoreConfidenceIsDemanded_IsHarderToConvince()
    {
        // A gain of about one standard deviation.
        EvidenceSums evidence = Evidence(Table, Rows(60));
        ICascadePolicy current = ThresholdPolicy.Always(Table.Models, 1);
        PlanProposal proposal = new PlanLearner(confidence: 0.5).Learn(evidence, current);

        (proposal.Gain / proposal.GainError).Should().BeInRange(0.2, 2);
        proposal.IsBetter.Should().BeTrue(proposal.Reason);
        new PlanLearner(confidence: 0.995).Learn(evidence, current).IsBetter.Should().BeFalse(proposal.Reason);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1.0, true)]
    [InlineData(0.0, false)]
    public void Learn_ReportsSayThatErrorsCostNothingMuch_IsFollowedWhereTheGoalLeavesItOpen(double? errorCosts, bool isFollowed)
    {
        Goal? goal = errorCosts switch { null => null, 0 => Goal.KeepQuality(1), { } dollars => Goal.ErrorCosts(dollars) };
        EvidenceSums evidence = Evidence(Table, Rows(300));
        for (int report = 0; report < 10; report++)
        {
            evidence.AddErrorCost(1e-9);
        }

        PlanProposal proposal = new PlanLearner(goal).Learn(evidence, ColdStart.Policy(Table.Models));
        bool isCheapest = PolicyEvaluation.Run(proposal.Plan!, Table).Mean.Cost <= 1.0001 * Enumerable.Range(0, Table.RowCount).Average(row => Table.AnswerCost(row, 0));

        isCheapest.Should().Be(isFollowed);
    }

    [Fact]
    public void ErrorDollars_FewReports_IsNotKnown()
    {
        EvidenceSums evidence = Evidence(Table, Rows(100));
        for (int report = 0; report < 9; report++)
        {
            evidence.AddErrorCost(2);
        }

        evidence.ErrorDollars.Should().BeNull();
        evidence.AddErrorCost(4);
        evidence.ErrorDollars.Should().BeApproximately(2.2, 1e-9);
    }

    [Fact]
    public void ErrorCost_OneReportIsHuge_CountsAtMostTenTimesTheMean()
    {
        EvidenceSums evidence = Evidence(Table, Rows(100));
        var collector = new EvidenceCollector(Table.Models);
        for (int report = 0; report < 10; report++)
        {
            evidence.AddErrorCost(1);
        }

        collector.Follow(evidence);
        collector.ErrorCost(1e6);
        evidence.Merge(collector.Take().Sums);

        evidence.ErrorDollars.Should().BeApproximately((10 + 10) / 11.0, 1e-9);
    }

    [Fact]
    public void SayMoreThan_ALabelMoreInAHundred_DoesNot()
    {
        EvidenceSums before = Evidence(Table, Rows(100));

        Evidence(Table, Rows(101)).SayMoreThan(before).Should().BeFalse();
        Evidence(Table, Rows(110)).SayMoreThan(before).Should().BeTrue();
        before.SayMoreThan(null).Should().BeTrue();
    }

    [Fact]
    public void SayMoreThan_APriceHasChanged_Does()
    {
        var collector = new EvidenceCollector(Table.Models);
        EvidenceSums before = Evidence(Table, Rows(100));
        EvidenceSums after = Evidence(Table, Rows(100));
        for (int i = 0; i < 80; i++)
        {
            double dollars = i < 40 ? 1e-3 : 2e-3;
            collector.Observe([new(0, null, new(dollars, 10, 1), null), null, null], isWhole: false);
        }

        after.Merge(collector.Take().Sums);

        after.SayMoreThan(before).Should().BeTrue();
    }

    [Fact]
    public void Learn_SumsOfTwoProcesses_IsWhatOneWouldHaveLearned()
    {
        EvidenceSums both = Evidence(Table, Rows(150));
        both.Merge(Evidence(Table, Rows(300).Skip(150)).Sums);
        var learner = new PlanLearner();
        ICascadePolicy merged = learner.Learn(both, ColdStart.Policy(Table.Models)).Plan!;
        ICascadePolicy one = learner.Learn(Evidence(Table, Rows(300)), ColdStart.Policy(Table.Models)).Plan!;

        Decisions(merged, Table).Should().Be(Decisions(one, Table));
    }

    [Fact]
    public void Learn_AllWeightsAreHuge_IsTheSame()
    {
        var learner = new PlanLearner();
        PlanProposal plain = learner.Learn(Evidence(Table, Rows(200)), ColdStart.Policy(Table.Models));
        PlanProposal late = learner.Learn(Evidence(Table, Rows(200), weight: Math.Pow(2, 400)), ColdStart.Policy(Table.Models));

        late.Labels.Should().BeApproximately(200, 1e-6);
        Decisions(late.Plan!, Table).Should().Be(Decisions(plain.Plan!, Table));
    }

    [Fact]
    public void Learn_LabelsMissingNotAtRandom_PropensityUndoesTheBias()
    {
        // Wrong answers of the first model are labelled four times as often as right ones.
        double Propensity(int row) => Table.Quality(row, 0) > 0.5 ? 0.2 : 0.8;
        var random = new Random(3);
        int[] labelled = [.. Rows(600).Where(row => random.NextDouble() < Propensity(row))];
        double truth = Rows(600).Average(row => Table.Quality(row, 0));
        var learner = new PlanLearner();
        double weighted = learner.Learn(Evidence(Table, labelled, Propensity), ColdStart.Policy(Table.Models)).Model!.Curve!.Singles[0].Accuracy;
        double naive = learner.Learn(Evidence(Table, labelled), ColdStart.Policy(Table.Models)).Model!.Curve!.Singles[0].Accuracy;

        Math.Abs(weighted - truth).Should().BeLessThan(0.06);
        (truth - naive).Should().BeGreaterThan(0.12);
    }

    [Fact]
    public void Learn_TheCostOfAModelIsUnknown_MakesNoPlan()
    {
        var sums = new EvidenceSums();
        foreach (int row in Rows(100))
        {
            sums.Add(LabelledRequest.From(Table, row));
        }

        new PlanLearner().Learn(sums, ColdStart.Policy(Table.Models)).Reason.Should().Contain("cost");
    }

    [Theory, InlineData(5, 0.9), InlineData(50, 0.4), InlineData(50, 1)]
    public void Constructor_OutOfRange_IsRefused(double minimum, double confidence)
    {
        Action act = () => _ = new PlanLearner(minimumLabels: minimum, confidence: confidence);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }
}
