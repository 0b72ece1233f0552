using AutoMix.Evaluation;

namespace AutoMix.Core.Tests.Evaluation;

public sealed class CascadeReplayTests
{
    private static readonly TraceTable Table = TraceTable.From(
    [
        new()
        {
            Id = "q",
            Answers =
            [
                new() { Model = "a", Answer = "x", Quality = 0.25, Confidence = 0.4, AnswerCost = 1, VerifyCost = 10, Seconds = 100, InputTokens = 7, OutputTokens = 1 },
                new() { Model = "b", Answer = "y", Quality = 0.5, AnswerCost = 2, VerifyCost = 20, Seconds = 200, InputTokens = 8, OutputTokens = 2 },
                new() { Model = "c", Answer = "X", Quality = 1, Confidence = 0.9, AnswerCost = 4, Seconds = 400, InputTokens = 9, OutputTokens = 3 },
            ],
        },
    ]);

    [Fact]
    public void Run_CallsAndVerifications_AddUpAndAreSeen()
    {
        var history = new CascadeHistory(3);
        history.Exclude(0);
        var steps = new List<CascadeAction>();
        CascadeAction[] script = [CascadeAction.Call(0), CascadeAction.Verify(0), CascadeAction.Call(1), CascadeAction.Verify(1), CascadeAction.Call(2), CascadeAction.Accept(2)];

        CascadeOutcome outcome = CascadeReplay.Run(new Script(script), Table, 0, history, steps.Add);

        outcome.Should().Be(new CascadeOutcome(2, 1, new CascadeCost(37, 30, 700)));
        steps.Should().Equal(script);
        history.IsExcluded(0).Should().BeFalse("the history is reset first");
        new[] { history.Group(0), history.Group(1), history.Group(2) }.Should().Equal(0, 1, 0);
        new[] { history.Confidence(0), history.Confidence(1), history.Confidence(2) }.Should().Equal(0.4, double.NaN, 0.9);
        history.CanVerify(1).Should().BeFalse("its verification said nothing");
        history.RequestKey.Should().Be(RequestKeys.FromText("q"));
        history.InputTokens.Should().Be(7);
        history.AnswerKey(1).Should().Be(RequestKeys.FromText("y"));
        history.AnswerKey(2).Should().Be(history.AnswerKey(0));
    }

    [Fact]
    public void Run_Abstaining_CostsWhatWasSpentAndIsWorthNothing() =>
        CascadeReplay.Run(new Script([CascadeAction.Call(1), CascadeAction.Abstain]), Table, 0, new(3)).Should().Be(new CascadeOutcome(-1, 0, new CascadeCost(2, 10, 200)));

    [Fact]
    public void Run_WhatCannotBeDone_IsRefusedWithPolicyAndAction()
    {
        foreach (CascadeAction[] script in (CascadeAction[][])[
            [CascadeAction.Verify(0)],
            [CascadeAction.Accept(0)],
            [CascadeAction.Call(0), CascadeAction.Call(0)],
            [CascadeAction.Call(2), CascadeAction.Verify(2)],
            [CascadeAction.Call(0), CascadeAction.Verify(0), CascadeAction.Verify(0)]])
        {
            FluentActions.Invoking(() => CascadeReplay.Run(new Script(script), Table, 0, new(3)))
                .Should().Throw<InvalidOperationException>().WithMessage($"*'script'*{script[^1]}*");
        }
    }

    private sealed class Script(CascadeAction[] actions) : ICascadePolicy
    {
        private int _next;

        public string Name => "script";

        public IReadOnlyList<string> Models => Table.Models;

        public CascadeAction Decide(CascadeHistory history) => actions[_next++];
    }
}
