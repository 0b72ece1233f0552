using System.Numerics.Tensors;
using AutoMix.Evaluation;

namespace AutoMix.Policies;

/// <summary>
/// The frontier that the default policy chooses from: the convex hull of all candidates' held-out operating points, each
/// counted with a margin for luck.
/// </summary>
/// <remarks>
/// A candidate counts with its held-out accuracy less one and a quarter standard errors of its paired difference to the best
/// single model, averaged with its neighbours' in the family: with hundreds of candidates on three hundred rows the best-looking
/// ones are lucky, but the neighbouring threshold or cost weight shares only part of that luck. The best single model does not differ
/// from itself and pays no margin, so that it is left only for a candidate that is surely better.
/// </remarks>
internal sealed class SelectedFrontier
{
    private const ulong CoinSeed = 0;
    private const double DefaultCaution = 1.25;

    // Neighbours on either side that a candidate is averaged with, by weights that fall to nothing just beyond them.
    private const int Neighbours = 2;

    private readonly double[]? _weights;
    private readonly double _caution;
    private readonly Vertex[] _all;
    private readonly Vertex[] _vertices;
    private readonly double _bestAccuracy;

    /// <param name="singles">The single models.</param>
    /// <param name="bestSingle">The best of them.</param>
    /// <param name="families">Candidates that differ little from their neighbours in the list: by the next cost weight or threshold.</param>
    /// <param name="weights">Weights of the rows, which sum to the effective number of rows; null if all weigh 1.</param>
    /// <param name="caution">The standard errors of its difference to the best single model that a candidate is counted down by.</param>
    public SelectedFrontier(
        IReadOnlyList<Candidate> singles, int bestSingle, IEnumerable<IReadOnlyList<Candidate>> families, double[]? weights = null, double caution = DefaultCaution)
    {
        _weights = weights;
        _caution = caution;
        double[] reference = singles[bestSingle].HeldOut.Quality;
        _bestAccuracy = Mean(reference);
        _all = [.. singles.Select(single => new Vertex(Cautious(single.HeldOut, reference), single)), .. families.SelectMany(family => Smoothed(family, reference))];
        _vertices = [.. new CostQualityHull(_all.Select(vertex => vertex.Point)).Vertices.Append(bestSingle).Distinct().Select(i => _all[i])];
    }

    /// <summary>A policy with its held-out figures.</summary>
    /// <param name="HeldOut">The figures that it is chosen by.</param>
    /// <param name="Seen">The observed figures; the same as <paramref name="HeldOut"/> if there are no others.</param>
    /// <param name="Make">Makes the policy.</param>
    public sealed record Candidate(HeldOutRows HeldOut, HeldOutRows Seen, Func<ICascadePolicy> Make);

    /// <summary>The choice for a goal: a candidate, or a mixture of two.</summary>
    /// <param name="Low">The cheaper one.</param>
    /// <param name="High">The other one; the same one if there is no mixture.</param>
    /// <param name="Share">The share of requests that <paramref name="High"/> decides.</param>
    /// <param name="Rate">The quality that a dollar buys there, along the frontier.</param>
    public sealed record Choice(Candidate Low, Candidate High, double Share, double Rate)
    {
        /// <summary>The observed held-out figures, in expectation over the coin.</summary>
        public HeldOutRows Seen => new(Mixed(Low.Seen.Quality, High.Seen.Quality), Mixed(Low.Seen.Cost, High.Seen.Cost));

        private double[] Mixed(double[] low, double[] high) => [.. low.Zip(high, (l, h) => ((1 - Share) * l) + (Share * h))];

        public ICascadePolicy Make() => ReferenceEquals(Low, High) ? High.Make() : new MixturePolicy(Low.Make(), High.Make(), Share, CoinSeed);
    }

    private sealed record Vertex(CostQuality Point, Candidate Candidate)
    {
        public ICascadePolicy Make() => Candidate.Make();
    }

    /// <summary>Every candidate, with its cautious held-out point.</summary>
    public IReadOnlyList<OfferedPolicy> Offered() => [.. _all.Select(vertex => new OfferedPolicy(vertex.Point, vertex.Make()))];

    /// <summary>Finds the point of highest value for an objective.</summary>
    public (CostQuality Point, Func<ICascadePolicy> Make) For(CascadeObjective objective)
    {
        Vertex best = BestFor(objective.DollarWeight);
        return (best.Point, best.Make);
    }

    /// <summary>The policy for a goal: a point of the frontier, or a mixture of two.</summary>
    public ICascadePolicy For(Goal goal) => Choose(goal).Make();

    /// <summary>Chooses the candidate or mixture that serves a goal best.</summary>
    public Choice Choose(Goal goal)
    {
        switch (goal.Kind)
        {
            case GoalKind.KeepQuality:
                return Cheapest(goal.Amount * _bestAccuracy);
            case GoalKind.SpendAtMost:
                return MostAccurate(goal.Amount / 1000);
            default:
                Candidate best = BestFor(1 / goal.Amount).Candidate;
                return new(best, best, 1, 1 / goal.Amount);
        }
    }

    // The best single model counts in full, so that some vertex always clears a target of at most its accuracy.
    private Choice Cheapest(double target)
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

        return new(low.Candidate, high.Candidate, share, Rate(low, high));
    }

    private Choice MostAccurate(double budget)
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

        return new(from.Candidate, high.Candidate, share, Rate(from, high));
    }

    // The slope between the two vertices. At a single vertex, the slope to the best of the more expensive vertices; at the last vertex, the
    // slope from the vertex before it.
    private double Rate(Vertex low, Vertex high)
    {
        double Slope(Vertex from, Vertex to) => (to.Point.Accuracy - from.Point.Accuracy) / (to.Point.Cost - from.Point.Cost);
        if (!ReferenceEquals(low, high))
        {
            return Slope(low, high);
        }

        double[] beyond = [.. _vertices.Where(v => v.Point.Cost > low.Point.Cost).Select(v => Slope(low, v)).Where(slope => slope > 0)];
        double[] before = [.. _vertices.Where(v => v.Point.Cost < low.Point.Cost).Select(v => Slope(v, low)).Where(slope => slope > 0)];
        return beyond.Length > 0 ? beyond.Max() : before.Length > 0 ? before.Min()

            // If no policy costs anything, a dollar buys no quality.
            : low.Point.Cost > 0 ? low.Point.Accuracy / low.Point.Cost : 0;
    }

    private Vertex BestFor(double weight) => _vertices.MaxBy(vertex => vertex.Point.Accuracy - (weight * vertex.Point.Cost))!;

    private IEnumerable<Vertex> Smoothed(IReadOnlyList<Candidate> family, double[] reference)
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

            // If the neighbours cost more, their accuracy must not be had for less.
            yield return new Vertex(new CostQuality(accuracy / weight, Math.Max(points[i].Cost, cost / weight)), family[i]);
        }
    }

    private CostQuality Cautious(HeldOutRows heldOut, double[] reference) =>
        new(Mean(heldOut.Quality) - (_caution * DifferenceError(heldOut.Quality, reference)), Mean(heldOut.Cost));

    private double DifferenceError(double[] quality, double[] reference)
    {
        double size = _weights?.Sum() ?? quality.Length;
        double mean = 0;
        double squares = 0;
        for (int row = 0; row < quality.Length; row++)
        {
            double difference = quality[row] - reference[row];
            double weight = (_weights?[row] ?? 1) / size;
            mean += weight * difference;
            squares += weight * difference * difference;
        }

        return Math.Sqrt(Math.Max(0, squares - (mean * mean)) / size);
    }

    private double Mean(double[] values) => _weights is null ? values.Average() : TensorPrimitives.Dot<double>(values, _weights) / TensorPrimitives.Sum<double>(_weights);
}
