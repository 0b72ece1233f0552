using AutoMix.Estimation;
using AutoMix.Metrics;

namespace AutoMix.Policies;

/// <summary>
/// The frontier that the default policy chooses from: the convex hull of all candidates' held-out operating points, each
/// counted with a margin for luck.
/// </summary>
/// <remarks>
/// A candidate counts with its held-out accuracy less one and a quarter standard errors of its paired difference to the best
/// single model, averaged with its neighbours' in the family: with hundreds of candidates on three hundred rows the best-looking
/// ones are lucky, but what is lucky about one threshold or cost weight is less so about the next. The best single model, which
/// differs from itself by nothing, is left only for what is surely worth it.
/// </remarks>
internal sealed class SelectedFrontier
{
    private const ulong CoinSeed = 0;
    private const double Caution = 1.25;

    // Neighbours on either side that a candidate is averaged with, by weights that fall to nothing just beyond them.
    private const int Neighbours = 2;

    private readonly Vertex[] _all;
    private readonly Vertex[] _vertices;
    private readonly double _bestAccuracy;

    /// <param name="singles">The single models.</param>
    /// <param name="bestSingle">The best of them.</param>
    /// <param name="families">Candidates that differ little from their neighbours in the list: by the next cost weight or threshold.</param>
    public SelectedFrontier(IReadOnlyList<Candidate> singles, int bestSingle, IEnumerable<IReadOnlyList<Candidate>> families)
    {
        double[] reference = singles[bestSingle].HeldOut.Quality;
        _bestAccuracy = reference.Average();
        _all = [.. singles.Select(single => new Vertex(Cautious(single.HeldOut, reference), single.Make)), .. families.SelectMany(family => Smoothed(family, reference))];
        _vertices = [.. new CostQualityHull(_all.Select(vertex => vertex.Point)).Vertices.Append(bestSingle).Distinct().Select(i => _all[i])];
    }

    /// <summary>A policy with what it gave while held out.</summary>
    public sealed record Candidate(HeldOutRows HeldOut, Func<ICascadePolicy> Make);

    private sealed record Vertex(CostQuality Point, Func<ICascadePolicy> Make);

    /// <summary>Every candidate, with its cautious held-out point.</summary>
    public IReadOnlyList<OfferedPolicy> Offered() => [.. _all.Select(vertex => new OfferedPolicy(vertex.Point, vertex.Make()))];

    /// <summary>The point of highest value, for an objective.</summary>
    public (CostQuality Point, Func<ICascadePolicy> Make) For(CascadeObjective objective)
    {
        Vertex best = _vertices.MaxBy(vertex => vertex.Point.Accuracy - (objective.DollarWeight * vertex.Point.Cost))!;
        return (best.Point, best.Make);
    }

    /// <summary>The policy for a goal: a point of the frontier, or a mixture of two.</summary>
    public ICascadePolicy For(Goal goal) => goal.Kind switch
    {
        GoalKind.KeepQuality => Cheapest(goal.Amount * _bestAccuracy),
        GoalKind.SpendAtMost => MostAccurate(goal.Amount / 1000),
        _ => For(new CascadeObjective(1 / goal.Amount)).Make(),
    };

    // The best single model counts in full, so that some vertex always clears a target of at most its accuracy.
    private ICascadePolicy Cheapest(double target)
    {
        (double cost, Vertex low, Vertex high, double share) = (double.PositiveInfinity, _vertices[0], _vertices[0], 0);
        foreach (Vertex above in _vertices.Where(vertex => vertex.Point.Accuracy >= target))
        {
            if (above.Point.Cost < cost)
            {
                (cost, low, high, share) = (above.Point.Cost, above, above, 1);
            }

            foreach (Vertex below in _vertices.Where(vertex => vertex.Point.Accuracy < target && vertex.Point.Cost < above.Point.Cost))
            {
                double needed = (target - below.Point.Accuracy) / (above.Point.Accuracy - below.Point.Accuracy);
                double mixed = below.Point.Cost + (needed * (above.Point.Cost - below.Point.Cost));
                if (mixed < cost)
                {
                    (cost, low, high, share) = (mixed, below, above, needed);
                }
            }
        }

        return Mix(low, high, share);
    }

    private ICascadePolicy MostAccurate(double budget)
    {
        Vertex[] affordable = [.. _vertices.Where(vertex => vertex.Point.Cost <= budget)];
        if (affordable.Length == 0)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"No policy spends at most {budget * 1000:0.######} dollars per thousand requests; the cheapest one spends {_vertices.Min(v => v.Point.Cost) * 1000:0.######}. Raise the budget or add a cheaper model."));
        }

        Vertex low = affordable.MaxBy(vertex => vertex.Point.Accuracy)!;
        (double accuracy, Vertex high, double share) = (low.Point.Accuracy, low, 1.0);
        Vertex from = low;
        foreach (Vertex above in _vertices.Where(vertex => vertex.Point.Cost > budget))
        {
            foreach (Vertex below in affordable)
            {
                double possible = (budget - below.Point.Cost) / (above.Point.Cost - below.Point.Cost);
                double mixed = below.Point.Accuracy + (possible * (above.Point.Accuracy - below.Point.Accuracy));
                if (mixed > accuracy)
                {
                    (accuracy, from, high, share) = (mixed, below, above, possible);
                }
            }
        }

        return Mix(from, high, share);
    }

    private static ICascadePolicy Mix(Vertex low, Vertex high, double share) =>
        ReferenceEquals(low, high) ? high.Make() : new MixturePolicy(low.Make(), high.Make(), share, CoinSeed);

    private static IEnumerable<Vertex> Smoothed(IReadOnlyList<Candidate> family, double[] reference)
    {
        CostQuality[] points = [.. family.Select(candidate => Cautious(candidate.HeldOut, reference))];
        for (int i = 0; i < points.Length; i++)
        {
            (double weight, double accuracy, double cost) = (0, 0, 0);
            for (int j = Math.Max(0, i - Neighbours); j <= Math.Min(points.Length - 1, i + Neighbours); j++)
            {
                double near = Neighbours + 1 - Math.Abs(i - j);
                weight += near;
                accuracy += near * points[j].Accuracy;
                cost += near * points[j].Cost;
            }

            // Where the neighbours cost more, so does their accuracy: a candidate is not to have it for less.
            yield return new Vertex(new CostQuality(accuracy / weight, Math.Max(points[i].Cost, cost / weight)), family[i].Make);
        }
    }

    private static CostQuality Cautious(HeldOutRows heldOut, double[] reference) =>
        new(heldOut.Quality.Average() - (Caution * DifferenceError(heldOut.Quality, reference)), heldOut.Cost.Average());

    private static double DifferenceError(double[] quality, double[] reference)
    {
        int n = quality.Length;
        double mean = 0;
        double squares = 0;
        for (int row = 0; row < n; row++)
        {
            double difference = quality[row] - reference[row];
            mean += difference / n;
            squares += difference * difference / n;
        }

        return Math.Sqrt(Math.Max(0, squares - (mean * mean)) / n);
    }
}
