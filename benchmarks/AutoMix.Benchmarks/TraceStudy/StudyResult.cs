using AutoMix.Evaluation;

namespace AutoMix.Benchmarks.TraceStudy;

/// <summary>What one policy family reaches on one set.</summary>
/// <param name="Policy">The family's key.</param>
/// <param name="Figures">The figures of all that it offers.</param>
/// <param name="Kept">What keeping each of <see cref="Shares"/> gave.</param>
/// <param name="Points">The family's points on test.</param>
/// <param name="Seconds">Seconds to train.</param>
internal sealed record StudyResult(string Policy, StudyFigures Figures, Kept[] Kept, CostQuality[] Points, double Seconds)
{
    public static readonly double[] Shares = [0.95, 0.98, 0.99];

    public static StudyResult Measure(string policy, StudySet set, Trial trial, double seconds) => new(
        policy,
        StudyFigures.Measure(set, trial),
        [.. trial.Kept.Select(run => TraceStudy.Kept.Measure(set, run))],
        [.. trial.Offered.Select(run => run.Mean)],
        seconds);
}
