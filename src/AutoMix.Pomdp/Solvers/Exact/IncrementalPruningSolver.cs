using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>
/// Exact value iteration with incremental pruning, for models of a few states: every alpha vector that could matter is kept,
/// so that the value is exact at every belief, not only at those that can be reached (Cassandra, Littman and Zhang 1997).
/// </summary>
/// <remarks>
/// Without linear programs: a vector is dropped when another one is at least as good in every state, which never loses
/// value but keeps vectors that only a mixture dominates. For two states, where the upper surface is a polyline, the pruning is exact.
/// Understands finite horizons: the value is then that of the given number of steps.
/// </remarks>
public sealed class IncrementalPruningSolver : IPomdpSolver
{
    /// <summary>Most vectors held at once before the solver gives up.</summary>
    public int MaxVectors { get; init; } = 20_000;

    /// <inheritdoc/>
    public string Name => "exact";

    /// <inheritdoc/>
    /// <exception cref="PomdpException">The model needs more vectors than <see cref="MaxVectors"/>, or has neither a discount below 1 nor a horizon.</exception>
    public PomdpSolution Solve(Pomdp model, SolverOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new SolverOptions();
        if (model.Discount == 1 && model.Horizon is null)
        {
            throw new PomdpException("Without discount exact value iteration needs a horizon.");
        }

        SolverClock clock = new(options, cancellationToken);
        double most = MdpBounds.Extreme(model, largest: true), least = MdpBounds.Extreme(model, largest: false);

        // With a horizon the last step is followed by nothing; without, iteration starts from the worst so that it stays below the value.
        double first = model.Horizon is null ? least / (1 - model.Discount) : 0;
        List<Plan> plans = [new Plan(0, [.. Enumerable.Repeat(first, model.StateCount)])];
        double slack = model.Horizon is null ? (most - least) / (1 - model.Discount) : double.PositiveInfinity;
        int steps = Math.Min(model.Horizon ?? int.MaxValue, options.MaxIterations ?? int.MaxValue);
        int step = 0;
        for (; step < steps && slack > options.Precision && !clock.IsOver; step++)
        {
            List<Plan>? next = BackUp(model, plans, clock);
            if (next is null)
            {
                break;
            }

            plans = next;
            slack *= model.Discount;
            double value = Value(plans, model.Start);
            clock.Report(value, value + slack, plans.Count, 0);
        }

        AlphaVectorPolicy policy = new(plans.Select(p => new AlphaVector(p.Action, p.Values)));
        double lower = policy.Value(model.Start);
        bool isConverged = model.Horizon is int horizon ? step == horizon : slack <= options.Precision;
        double upper = model.Horizon is null ? lower + slack : isConverged ? lower : double.PositiveInfinity;
        clock.Report(lower, upper, plans.Count, 0, final: true);
        return new PomdpSolution(policy, lower, upper, plans.Count, clock.Elapsed, isConverged, clock.History);
    }

    private List<Plan>? BackUp(Pomdp model, List<Plan> plans, SolverClock clock)
    {
        List<Plan> all = [];
        for (int action = 0; action < model.ActionCount; action++)
        {
            SparseMatrix byObservation = model.ObservationModel(action).Transpose();
            List<double[]> sums = [[.. model.Rewards(action)]];
            for (int o = 0; o < model.ObservationCount; o++)
            {
                if (byObservation.RowColumns(o).IsEmpty)
                {
                    continue;
                }

                List<double[]> projected = Prune([.. plans.Select(p => Project(model, action, byObservation, o, p.Values))]);
                List<double[]> crossed = new(sums.Count * projected.Count);
                foreach (double[] a in sums)
                {
                    foreach (double[] b in projected)
                    {
                        double[] sum = new double[a.Length];
                        System.Numerics.Tensors.TensorPrimitives.Add<double>(a, b, sum);
                        crossed.Add(sum);
                    }

                    if (crossed.Count > 50 * MaxVectors || clock.IsOver)
                    {
                        return clock.IsOver ? null : throw TooMany();
                    }
                }

                sums = Prune(crossed);
                if (sums.Count > MaxVectors)
                {
                    throw TooMany();
                }
            }

            int taken = action;
            all.AddRange(sums.Select(v => new Plan(taken, v)));
        }

        Dictionary<double[], int> actions = [];
        foreach (Plan plan in all)
        {
            actions[plan.Values] = plan.Action;
        }

        return [.. Prune([.. all.Select(p => p.Values)]).Select(v => new Plan(actions[v], v))];
    }

    private PomdpException TooMany() =>
        new($"The model needs more than {MaxVectors} alpha vectors at once: too large for exact value iteration. " + "Use SarsopSolver.");

    private static double[] Project(Pomdp model, int action, SparseMatrix byObservation, int observation, double[] values)
    {
        double[] weighted = new double[values.Length], projected = new double[values.Length];
        ReadOnlySpan<int> states = byObservation.RowColumns(observation);
        ReadOnlySpan<double> chances = byObservation.RowValues(observation);
        for (int i = 0; i < states.Length; i++)
        {
            weighted[states[i]] = chances[i] * values[states[i]];
        }

        SparseMatrix transitions = model.Transitions(action);
        for (int s = 0; s < projected.Length; s++)
        {
            ReadOnlySpan<int> columns = transitions.RowColumns(s);
            ReadOnlySpan<double> probabilities = transitions.RowValues(s);
            double sum = 0;
            for (int i = 0; i < columns.Length; i++)
            {
                sum += probabilities[i] * weighted[columns[i]];
            }

            projected[s] = model.Discount * sum;
        }

        return projected;
    }

    private static List<double[]> Prune(List<double[]> vectors)
    {
        if (vectors.Count < 2)
        {
            return vectors;
        }

        return vectors[0].Length == 2 ? Envelope(vectors) : Undominated(vectors);
    }

    // Over two states a belief is one number p, and the value p v1 + (1 - p) v0 a line: the upper envelope of lines.
    private static List<double[]> Envelope(List<double[]> lines)
    {
        List<double[]> hull = [];
        foreach (double[] line in lines.OrderBy(l => l[1] - l[0]).ThenBy(l => l[0]))
        {
            if (hull.Count > 0 && Slope(line) - Slope(hull[^1]) <= 1e-14 * (1 + Math.Abs(Slope(line))))
            {
                if (line[0] <= hull[^1][0])
                {
                    continue;
                }

                hull.RemoveAt(hull.Count - 1);
            }

            while (hull.Count > 1 && Crossing(hull[^1], line) <= Crossing(hull[^2], hull[^1]) + 1e-15)
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(line);
        }

        // Only the part over [0, 1] matters.
        int first = 0, last = hull.Count - 1;
        while (first < last && Crossing(hull[first], hull[first + 1]) <= 0)
        {
            first++;
        }

        while (last > first && Crossing(hull[last - 1], hull[last]) >= 1)
        {
            last--;
        }

        return hull.GetRange(first, last - first + 1);

        static double Slope(double[] line) => line[1] - line[0];

        static double Crossing(double[] flatter, double[] steeper) => (flatter[0] - steeper[0]) / (Slope(steeper) - Slope(flatter));
    }

    private static List<double[]> Undominated(List<double[]> vectors)
    {
        List<double[]> kept = [];
        foreach (double[] vector in vectors.OrderByDescending(v => v.Sum()))
        {
            if (!kept.Exists(k => Dominates(k, vector)))
            {
                kept.Add(vector);
            }
        }

        return kept;
    }

    private static bool Dominates(double[] better, double[] vector)
    {
        for (int s = 0; s < vector.Length; s++)
        {
            if (better[s] < vector[s] - 1e-12)
            {
                return false;
            }
        }

        return true;
    }

    private static double Value(List<Plan> plans, ReadOnlySpan<double> belief)
    {
        double best = double.NegativeInfinity;
        foreach (Plan plan in plans)
        {
            best = Math.Max(best, System.Numerics.Tensors.TensorPrimitives.Dot(belief, plan.Values));
        }

        return best;
    }

    private sealed record Plan(int Action, double[] Values);
}
