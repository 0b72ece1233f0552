namespace AutoMix;

/// <summary>
/// What a cascade's plans are expected to give, by cross-validation on the training traces: one operating point per cost
/// weight, and each single model for comparison.
/// </summary>
/// <remarks>Immutable; travels with the plan, so that a loaded plan can be moved to another goal without the traces.</remarks>
public sealed class CascadeCurve
{
    private readonly OperatingPoint[] _points;
    private readonly OperatingPoint[] _singles;

    /// <param name="points">One point per cost weight; at least one.</param>
    /// <param name="singles">Each model called alone; at least one.</param>
    /// <exception cref="ArgumentException">A list is empty.</exception>
    public CascadeCurve(IEnumerable<OperatingPoint> points, IEnumerable<OperatingPoint> singles)
    {
        _points = [.. points.OrderBy(point => point.CostWeight)];
        _singles = [.. singles];
        if (_points.Length == 0 || _singles.Length == 0)
        {
            throw new ArgumentException("A curve has at least one operating point and one single model.");
        }
    }

    /// <summary>The measured points, by ascending cost weight.</summary>
    public IReadOnlyList<OperatingPoint> Points => _points;

    /// <summary>Each model called alone, without verification; cost weight 0.</summary>
    public IReadOnlyList<OperatingPoint> Singles => _singles;

    /// <summary>Accuracy of the best single model.</summary>
    public double BestAccuracy => _singles.Max(single => single.Accuracy);

    /// <summary>The cost weight that serves a goal.</summary>
    /// <param name="goal">What the user wants.</param>
    /// <exception cref="ArgumentException">The goal cannot be met: the message says what can.</exception>
    public double WeightFor(Goal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        return goal.Kind switch
        {
            GoalKind.KeepQuality => Keep(goal.Amount),
            GoalKind.SpendAtMost => Spend(goal.Amount),
            _ => 1 / goal.Amount,
        };
    }

    private double Keep(double share)
    {
        double[] accuracy = SmoothedAccuracy();
        double target = share * BestAccuracy;
        int chosen = CheapestAt(accuracy, target);

        // Where nothing reaches the target on held-out queries: the most accurate plan.
        return _points[chosen >= 0 ? chosen : CheapestAt(accuracy, accuracy.Max())].CostWeight;
    }

    private int CheapestAt(double[] accuracy, double least)
    {
        int chosen = -1;
        for (int i = 0; i < accuracy.Length; i++)
        {
            if (accuracy[i] >= least && (chosen < 0 || _points[i].CostPerQuery < _points[chosen].CostPerQuery))
            {
                chosen = i;
            }
        }

        return chosen;
    }

    private double Spend(double dollarsPerThousand)
    {
        const double Queries = 1000;
        int chosen = -1;
        for (int i = 0; i < _points.Length; i++)
        {
            if (_points[i].CostPerQuery * Queries <= dollarsPerThousand && (chosen < 0 || _points[i].Accuracy > _points[chosen].Accuracy))
            {
                chosen = i;
            }
        }

        return chosen >= 0
            ? _points[chosen].CostWeight
            : throw new ArgumentException(FormattableString.Invariant(
                $"No plan spends at most {dollarsPerThousand:0.######} dollars per thousand requests; the cheapest one spends {_points.Min(p => p.CostPerQuery) * Queries:0.######}. Raise the budget or add a cheaper model."));
    }

    // A higher weight never buys more accuracy: pool neighbours that say otherwise (isotonic regression, PAVA), which
    // averages out the noise of single points.
    private double[] SmoothedAccuracy()
    {
        var blocks = new List<(double Sum, int Count)>();
        foreach (OperatingPoint point in _points)
        {
            blocks.Add((point.Accuracy, 1));
            while (blocks.Count > 1 && blocks[^1].Sum / blocks[^1].Count > blocks[^2].Sum / blocks[^2].Count)
            {
                blocks[^2] = (blocks[^2].Sum + blocks[^1].Sum, blocks[^2].Count + blocks[^1].Count);
                blocks.RemoveAt(blocks.Count - 1);
            }
        }

        return [.. blocks.SelectMany(block => Enumerable.Repeat(block.Sum / block.Count, block.Count))];
    }
}
