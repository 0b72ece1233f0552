using CsCheck;

namespace AutoMix.Core.Tests.Cascades;

public sealed class HistoryIndexTests
{
    [Fact]
    public void Offset_AllHistories_NumbersThemWithoutGapsAndSuccessorsHigher() =>
        Gen.Select(Gen.Int[1, 4].Array[1, 4], Gen.Bool).Sample(
            (outcomes, agreement) =>
            {
                var index = new HistoryIndex(outcomes, agreement);
                var numbers = new List<int>();
                Walk(index, outcomes, 0, 0, 0, numbers);
                numbers.Order().Should().Equal(Enumerable.Range(0, (int)index.Count));
            },
            iter: RandomCascades.Cases(100));

    [Theory]
    [InlineData(1, true, 6)]
    [InlineData(2, true, 61)]
    [InlineData(2, false, 36)]
    public void Count_FiveOutcomesEach_CountsUncalledJoinedAndFresh(int models, bool agreement, int count) =>
        new HistoryIndex([.. Enumerable.Repeat(5, models)], agreement).Count.Should().Be(count);

    [Fact]
    public void Count_MoreThanCanBeNumbered_Saturates() => new HistoryIndex([.. Enumerable.Repeat(200, 64)]).Count.Should().Be(int.MaxValue);

    private static void Walk(HistoryIndex index, int[] outcomes, int model, int groups, int number, List<int> numbers)
    {
        if (model == outcomes.Length)
        {
            numbers.Add(number);
            return;
        }

        index.Outcomes(model).Should().Be(outcomes[model]);
        Walk(index, outcomes, model + 1, groups, number, numbers);
        for (int group = 0; group <= groups; group++)
        {
            for (int outcome = 0; outcome < outcomes[model]; outcome++)
            {
                int offset = index.Offset(model, groups, group, outcome);
                offset.Should().BePositive("what is observed leads to a larger number");
                Walk(index, outcomes, model + 1, index.GroupsAfter(groups, group), number + offset, numbers);
            }
        }
    }
}
