using AutoMix.Core.Tests.Cascades;
using AutoMix.Evaluation;

namespace AutoMix.Benchmarks.Cascades;

/// <summary>The small twin of the experiment in docs/design.md section 4: a table of bins against alpha vectors on the exact belief.</summary>
public sealed class AlphaStudyTests
{
    private static readonly TraceTable Train = TraceTable.From(SimulatedTraces.Create(3, 200, seed: 1));
    private static readonly TraceTable Test = TraceTable.From(SimulatedTraces.Create(3, 300, seed: 2));

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    public void AlphaPlan_BeforeAnyCall_IsWorthWhatTheExactSolutionIsWorth(double agreementTemper)
    {
        CascadeModel model = CascadeModel.Fit(CascadeCounts.From(Train), new CascadeFitOptions { AgreementTemper = agreementTemper });
        IReadOnlyList<CascadeObjective> objectives = CrossValidation.Objectives(Train);
        foreach (int i in (int[])[1, 9, 17, 25])
        {
            double exact = model.Solve(objectives[i]).Values(new CascadeHistory(3)).Max(value => value.Value);

            AlphaPlan.Solve(model, objectives[i]).Value.Should().BeApproximately(exact, 1e-4);
        }
    }

    [Fact]
    public void Compare_TableAndAlpha_AreWorthTheSameWithinNoise()
    {
        AlphaStudy.Comparison comparison = AlphaStudy.Compare(Train, Test, new CascadeFitOptions());

        comparison.Vectors.Should().BeGreaterThan(10);
        comparison.Table.Average().Should().BeGreaterThan(0);
        comparison.Difference.Value.Should().BeInRange(-0.01, 0.01);
        comparison.Otherwise.Should().BeLessThan(0.2);
    }
}
