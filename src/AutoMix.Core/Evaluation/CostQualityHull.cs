namespace AutoMix.Evaluation;

/// <summary>
/// The non-decreasing upper convex hull of operating points: what can be reached by mixing neighbouring points with a coin.
/// </summary>
/// <remarks>Immutable. The hull of RouterBench (Hu et al., 2024).</remarks>
public sealed class CostQualityHull
{
    private readonly int[] _vertices;
    private readonly CostQualityLine _line;
    private readonly int _count;

    /// <param name="points">At least one point.</param>
    /// <exception cref="ArgumentException">There is no point.</exception>
    public CostQualityHull(IEnumerable<CostQuality> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        CostQuality[] all = [.. points];
        if (all.Length == 0)
        {
            throw new ArgumentException("A hull needs at least one point.", nameof(points));
        }

        var hull = new List<int>();
        foreach (int i in Enumerable.Range(0, all.Length).OrderBy(i => all[i].Cost).ThenByDescending(i => all[i].Accuracy))
        {
            if (hull.Count > 0 && all[i].Accuracy <= all[hull[^1]].Accuracy)
            {
                continue;
            }

            while (hull.Count >= 2 && LiesBelow(all[hull[^1]], all[hull[^2]], all[i]))
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(i);
        }

        _vertices = [.. hull];
        _line = new CostQualityLine(hull.Select(i => all[i]));
        _count = all.Length;
    }

    /// <summary>Indices of the points on the hull, by ascending cost (and accuracy).</summary>
    public IReadOnlyList<int> Vertices => _vertices;

    /// <summary>The height of the hull at a cost; that of its cheapest point below it, of its dearest above it.</summary>
    public double AccuracyAt(double cost) => _line.AccuracyAt(cost);

    /// <summary>The least cost at which the hull reaches an accuracy; null where it never does.</summary>
    public double? CostToReach(double accuracy) => _line.CostToReach(accuracy);

    /// <summary>Average improvement in quality (AIQ): the mean height of the hull between two costs.</summary>
    /// <param name="fromCost">The lower cost.</param>
    /// <param name="toCost">The higher cost.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="toCost"/> is not above <paramref name="fromCost"/>.</exception>
    public double MeanAccuracy(double fromCost, double toCost) => _line.MeanAccuracy(fromCost, toCost);

    /// <summary>
    /// The hull's choice on other data: its vertices, joined where the same policies lie there. On data that the hull was not
    /// taken from it shows how much of the hull was luck.
    /// </summary>
    /// <param name="others">The points of the same policies on other data, in the order of the hull's points.</param>
    /// <exception cref="ArgumentException">There are not as many points as the hull was taken from.</exception>
    public CostQualityLine On(IReadOnlyList<CostQuality> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return others.Count == _count
            ? new CostQualityLine(_vertices.Select(i => others[i]))
            : throw new ArgumentException($"The hull was taken from {_count} points; give as many, in the same order. Got {others.Count}.", nameof(others));
    }

    private static bool LiesBelow(CostQuality middle, CostQuality left, CostQuality right) =>
        (middle.Accuracy - left.Accuracy) * (right.Cost - left.Cost) <= (right.Accuracy - left.Accuracy) * (middle.Cost - left.Cost);
}
