namespace AutoMix.Evaluation;

/// <summary>
/// Operating points joined by ascending cost: what mixing neighbours with a coin gives, also where a neighbour turns out worse
/// than a cheaper one.
/// </summary>
/// <remarks>Immutable. <see cref="CostQualityHull"/> chooses points; a line takes them as they are given.</remarks>
public sealed class CostQualityLine
{
    private readonly CostQuality[] _points;

    /// <param name="points">At least one point, in any order.</param>
    /// <exception cref="ArgumentException">There is no point.</exception>
    public CostQualityLine(IEnumerable<CostQuality> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        _points = [.. points.OrderBy(point => point.Cost)];
        if (_points.Length == 0)
        {
            throw new ArgumentException("A line needs at least one point.", nameof(points));
        }
    }

    /// <summary>The points by ascending cost.</summary>
    public IReadOnlyList<CostQuality> Points => _points;

    /// <summary>The height of the line at a cost; that of its cheapest point below it, of its dearest above it.</summary>
    public double AccuracyAt(double cost)
    {
        if (cost <= _points[0].Cost)
        {
            return _points[0].Accuracy;
        }

        for (int i = 1; i < _points.Length; i++)
        {
            CostQuality right = _points[i];
            if (cost <= right.Cost)
            {
                CostQuality left = _points[i - 1];
                return left.Accuracy + ((right.Accuracy - left.Accuracy) * (cost - left.Cost) / (right.Cost - left.Cost));
            }
        }

        return _points[^1].Accuracy;
    }

    /// <summary>The least cost at which the line reaches an accuracy; null where it never does.</summary>
    public double? CostToReach(double accuracy)
    {
        CostQuality left = _points[0];
        if (left.Accuracy >= accuracy)
        {
            return left.Cost;
        }

        foreach (CostQuality right in _points.AsSpan(1))
        {
            if (right.Accuracy >= accuracy)
            {
                return left.Cost + ((right.Cost - left.Cost) * (accuracy - left.Accuracy) / (right.Accuracy - left.Accuracy));
            }

            left = right;
        }

        return null;
    }

    /// <summary>The mean height of the line between two costs.</summary>
    /// <param name="fromCost">The lower cost.</param>
    /// <param name="toCost">The higher cost.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="toCost"/> is not above <paramref name="fromCost"/>.</exception>
    public double MeanAccuracy(double fromCost, double toCost)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(toCost, fromCost);

        // The line is piecewise linear: trapezoids between its corners are exact.
        double area = 0;
        CostQuality left = new(AccuracyAt(fromCost), fromCost);
        foreach (CostQuality corner in _points.Where(point => point.Cost > fromCost && point.Cost < toCost).Append(new(AccuracyAt(toCost), toCost)))
        {
            area += (corner.Cost - left.Cost) * (corner.Accuracy + left.Accuracy) / 2;
            left = corner;
        }

        return area / (toCost - fromCost);
    }
}
