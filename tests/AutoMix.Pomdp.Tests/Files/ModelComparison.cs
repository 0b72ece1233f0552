using AutoMix.Beliefs;

namespace AutoMix.Pomdps.Tests.Files;

internal static class ModelComparison
{
    public static void ShouldBeTheSameAs(this Pomdp actual, Pomdp expected)
    {
        actual.Discount.Should().Be(expected.Discount);
        actual.Horizon.Should().Be(expected.Horizon);
        actual.States.SequenceEqual(expected.States).Should().BeTrue();
        actual.Actions.SequenceEqual(expected.Actions).Should().BeTrue();
        actual.Observations.SequenceEqual(expected.Observations).Should().BeTrue();
        actual.Start.SequenceEqual(expected.Start).Should().BeTrue();
        for (int a = 0; a < expected.ActionCount; a++)
        {
            Same(actual.Transitions(a), expected.Transitions(a)).Should().BeTrue();
            Same(actual.ObservationModel(a), expected.ObservationModel(a)).Should().BeTrue();
            actual.Rewards(a).SequenceEqual(expected.Rewards(a)).Should().BeTrue();
        }
    }

    private static bool Same(SparseMatrix a, SparseMatrix b) =>
        a.RowStarts.SequenceEqual(b.RowStarts) && a.Columns.SequenceEqual(b.Columns) && a.Values.SequenceEqual(b.Values);
}
