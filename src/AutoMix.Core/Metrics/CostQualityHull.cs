namespace AutoMix.Metrics;

/// <summary>
/// The non-decreasing upper convex hull of operating points: what can be reached by mixing neighbouring points with a coin.
/// </summary>
/// <remarks>Immutable. The hull of RouterBench (Hu et al., 2024).</remarks>
public sealed class CostQualityHull
{
    private readonly int[] _vertices;
    private readonly CostQuality[] _points;

    /// <param name="points">At least one point.</param>
    /// <exception cref="ArgumentException">There is no point.</exception>
    public CostQualityHull(IEnumerable<CostQuality> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        _points = [.. points];
        if (_points.Length == 0)
        {
            throw new ArgumentException("A hull needs at least one point.", nameof(points));
        }

        var hull = new List<int>();
        foreach (int i in Enumerable.Range(0, _points.Length).OrderBy(i => _points[i].Cost).ThenByDescending(i => _points[i].Accuracy))
        {
            if (hull.Count > 0 && _points[i].Accuracy <= _points[hull[^1]].Accuracy)
            {
                continue;
            }

            while (hull.Count >= 2 && LiesBelow(_points[hull[^1]], _points[hull[^2]], _points[i]))
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(i);
        }

        _vertices = [.. hull];
    }

    /// <summary>Indices of the points on the hull, by ascending cost (and accuracy).</summary>
    public IReadOnlyList<int> Vertices => _vertices;

    /// <summary>The height of the hull at a cost; that of its cheapest point below it, of its dearest above it.</summary>
    public double AccuracyAt(double cost)
    {
        if (cost <= _points[_vertices[0]].Cost)
        {
            return _points[_vertices[0]].Accuracy;
        }

        for (int i = 1; i < _vertices.Length; i++)
        {
            CostQuality right = _points[_vertices[i]];
            if (cost <= right.Cost)
            {
                CostQuality left = _points[_vertices[i - 1]];
                return left.Accuracy + ((right.Accuracy - left.Accuracy) * (cost - left.Cost) / (right.Cost - left.Cost));
            }
        }

        return _points[_vertices[^1]].Accuracy;
    }

    /// <summary>The least cost at which the hull reaches an accuracy; null where it never does.</summary>
    public double? CostToReach(double accuracy)
    {
        CostQuality left = _points[_vertices[0]];
        if (left.Accuracy >= accuracy)
        {
            return left.Cost;
        }

        for (int i = 1; i < _vertices.Length; i++)
        {
            CostQuality right = _points[_vertices[i]];
            if (right.Accuracy >= accuracy)
            {
                return left.Cost + ((right.Cost - left.Cost) * (accuracy - left.Accuracy) / (right.Accuracy - left.Accuracy));
            }

            left = right;
        }

        return null;
    }

    /// <summary>Average improvement in quality (AIQ): the mean height of the hull between two costs.</summary>
    /// <param name="fromCost">The lower cost.</param>
    /// <param name="toCost">The higher cost.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="toCost"/> is not above <paramref name="fromCost"/>.</exception>
    public double MeanAccuracy(double fromCost, double toCost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(toCost, fromCost);

        // The hull is piecewise linear: trapezoids between its corners are exact.
        double[] corners = [fromCost, .. _vertices.Select(v => _points[v].Cost).Where(c => c > fromCost && c < toCost), toCost];
        double area = 0;
        for (int i = 1; i < corners.Length; i++)
        {
            area += (corners[i] - corners[i - 1]) * (AccuracyAt(corners[i - 1]) + AccuracyAt(corners[i])) / 2;
        }

        return area / (toCost - fromCost);
    }

    private static bool LiesBelow(CostQuality middle, CostQuality left, CostQuality right) =>
        (middle.Accuracy - left.Accuracy) * (right.Cost - left.Cost) <= (right.Accuracy - left.Accuracy) * (middle.Cost - left.Cost);
}
