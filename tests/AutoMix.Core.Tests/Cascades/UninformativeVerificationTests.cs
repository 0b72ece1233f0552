using AutoMix.Evaluation;
using AutoMix.Statistics;

namespace AutoMix.Core.Tests.Cascades;

public sealed class UninformativeVerificationTests
{
    private static readonly CascadeFitOptions Options = new() { Bins = 3 };

    [TracesFact]
    public void Fit_ConfidencesThatTellNothing_AreNeverPaidFor()
    {
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(TraceTable.From(RecordedTraces.Read("triviaqa.llama.train"))), Options);

        model.Models[0].Should().Be("llama3.2-1b");
        model.Trust(0)!.Worth.Should().Be(SignalWorth.Uninformative);
        model.Verification(0).Should().Be(VerificationKind.None);
        Enumerable.Range(1, 4).Select(model.Verification).Should().AllBeEquivalentTo(VerificationKind.Paid);
        VerificationsOf(model, 0, "triviaqa.llama.test").Should().Be(0);
    }

    [TracesFact]
    public void Fit_ConfidencesThatTellSomething_AreKept()
    {
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(TraceTable.From(RecordedTraces.Read("triviaqa.qwen_oai.train"))), Options);

        model.Models[0].Should().Be("gpt-4o-mini");
        model.Trust(0)!.Worth.Should().Be(SignalWorth.Informative);
        model.Verification(0).Should().Be(VerificationKind.Paid);
        VerificationsOf(model, 0, "triviaqa.qwen_oai.test").Should().BeGreaterThan(0);
    }

    [TracesFact]
    public void Save_Plan_RecordsWhyAVerificationIsLeftOut()
    {
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(TraceTable.From(RecordedTraces.Read("triviaqa.llama.train"))), Options);
        using var stream = new MemoryStream();
        model.Solve(new CascadeObjective(100)).Save(stream);
        stream.Position = 0;

        CascadeModel loaded = CascadePlan.Load(stream).Model;

        loaded.Trust(0).Should().Be(model.Trust(0));
        loaded.Verification(0).Should().Be(VerificationKind.None);
    }

    [Fact]
    public void Fit_AlwaysYes_IsNeverPaidFor() => Fitted(_ => 1.0, verifyCost: 1e-5).Verification(0).Should().Be(VerificationKind.None);

    [Fact]
    public void Fit_FreeConfidence_StaysFreeWhateverItIsWorth() => Fitted(_ => 1.0, verifyCost: 0).Verification(0).Should().Be(VerificationKind.Free);

    [Fact]
    public void Fit_FewRows_KeepsWhatCannotBeJudgedYet()
    {
        CascadeModel model = Fitted(i => (i % 10) / 10.0, verifyCost: 1e-5, rows: 15);

        model.Trust(0)!.Worth.Should().Be(SignalWorth.Undetermined);
        model.Verification(0).Should().Be(VerificationKind.Paid);
    }

    private static CascadeModel Fitted(Func<int, double> confidence, double verifyCost, int rows = 80)
    {
        IEnumerable<TraceRecord> records = Enumerable.Range(0, rows).Select(i => new TraceRecord
        {
            Id = $"r{i}",
            Answers =
            [
                new() { Model = "small", Answer = $"a{i}", Quality = i % 2, Confidence = confidence(i), AnswerCost = 1e-5, VerifyCost = verifyCost },
                new() { Model = "large", Answer = $"b{i}", Quality = i % 10 == 0 ? 0 : 1, AnswerCost = 1e-3 },
            ],
        });
        return CascadeModel.Fit(CascadeCounts.From(TraceTable.From(records)), Options);
    }

    // Over all cost weights: whatever an answer is worth, is the first model's verification ever bought?
    private static int VerificationsOf(CascadeModel model, int which, string file)
    {
        TraceTable table = TraceTable.From(RecordedTraces.Read(file));
        int bought = 0;
        CascadeObjective[] objectives = [.. Enumerable.Range(0, 9).Select(i => new CascadeObjective(Math.Pow(10, i / 2.0)))];
        foreach (CascadePlan plan in model.Solve(objectives))
        {
            var history = new CascadeHistory(model.ModelCount);
            for (int row = 0; row < 100; row++)
            {
                history.Reset();
                history.RecordAnswer(which, -1);
                CascadeAction action = plan.Decide(history);
                bought += action.Kind == CascadeActionKind.Verify && action.Model == which ? 1 : 0;
                CascadeReplay.Run(plan, table, row, history);
                bought += double.IsNaN(history.Confidence(which)) ? 0 : 1;
            }
        }

        return bought;
    }
}
