using AutoMix.Estimation;
using AutoMix.Metrics;

namespace AutoMix.Policies;

/// <summary>From a way to fit policies to a trained family with held-out figures.</summary>
internal static class FamilyTraining
{
    /// <summary>A family that fits one policy per objective.</summary>
    public static TrainedFamily PerObjective(TraceTable table, Func<TraceTable, IReadOnlyList<CascadeObjective>, IReadOnlyList<ICascadePolicy>> fit)
    {
        IReadOnlyList<OperatingPoint> points = CrossValidation.HeldOut(table, CrossValidation.Objectives(table), fit);
        return new TrainedFamily(new CascadeCurve(points, CrossValidation.Singles(table)), objectives => fit(table, objectives));
    }

    /// <summary>A family that enumerates policies and takes the best on the training traces; offers all that are not dominated.</summary>
    public static TrainedFamily BestOf(TraceTable table, Func<TraceTable, IReadOnlyList<Candidate>> enumerate)
    {
        IReadOnlyList<ICascadePolicy> Pick(IReadOnlyList<Candidate> candidates, IReadOnlyList<CascadeObjective> objectives) =>
            [.. objectives.Select(objective => candidates.MaxBy(candidate => candidate.Value(objective)).Make())];

        IReadOnlyList<OperatingPoint> points = CrossValidation.HeldOut(
            table, CrossValidation.Objectives(table), (rows, objectives) => Pick(enumerate(rows), objectives));
        IReadOnlyList<Candidate> all = enumerate(table);
        return new TrainedFamily(
            new CascadeCurve(points, CrossValidation.Singles(table)),
            objectives => Pick(all, objectives),
            () => [.. Candidate.Pareto(all).Select(candidate => new OfferedPolicy(new(candidate.Quality, candidate.Cost.Dollars), candidate.Make()))]);
    }
}
