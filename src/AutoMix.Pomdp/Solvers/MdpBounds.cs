using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>Bounds that know nothing of beliefs: the fully observed problem, the fast informed bound above; always doing the same below.</summary>
internal static class MdpBounds
{
    private const int MaxSweeps = 20_000;

    /// <summary>Q(s, a) of the fully observed problem, from above; one array of states an action.</summary>
    public static double[][] SolveMdp(Pomdp model, double tolerance, Func<bool>? stop = null)
    {
        int states = model.StateCount, actions = model.ActionCount;
        double[] value = new double[states], next = new double[states];
        if (model.Discount < 1)
        {
            Array.Fill(value, Extreme(model, largest: true) / (1 - model.Discount));
        }

        double[][] q = [.. Enumerable.Range(0, actions).Select(_ => new double[states])];
        for (int sweep = 0; ; sweep++)
        {
            double change = 0;
            Array.Fill(next, double.NegativeInfinity);
            for (int a = 0; a < actions; a++)
            {
                BackUp(model, a, value, q[a]);
                for (int s = 0; s < states; s++)
                {
                    next[s] = Math.Max(next[s], q[a][s]);
                }
            }

            for (int s = 0; s < states; s++)
            {
                change = Math.Max(change, Math.Abs(next[s] - value[s]));
            }

            (value, next) = (next, value);
            if (change <= tolerance || (model.Discount < 1 && stop?.Invoke() == true))
            {
                break;
            }

            if (sweep == MaxSweeps)
            {
                if (model.Discount < 1)
                {
                    break;
                }

                throw new PomdpException("Without discount the model must end: its value does not settle. Set a horizon, or a discount below 1.");
            }
        }

        return q;
    }

    /// <summary>The fast informed bound, starting from Q(s, a) of the fully observed problem; every sweep keeps it an upper bound.</summary>
    public static double[][] FastInformed(Pomdp model, double[][] start, double tolerance, Func<bool>? stop = null)
    {
        int states = model.StateCount, actions = model.ActionCount;
        int width = (actions + 7) / 8 * 8;
        double[] q = new double[states * width], next = new double[states * width];
        Array.Fill(q, double.MinValue / 4);
        for (int a = 0; a < actions; a++)
        {
            for (int s = 0; s < states; s++)
            {
                q[(s * width) + a] = start[a][s];
            }
        }

        q.CopyTo(next, 0);
        double[] sums = new double[model.ObservationCount * width];
        int[] seenAt = new int[model.ObservationCount];
        List<int> seen = [];
        int stamp = 0;
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            double change = 0;
            for (int a = 0; a < actions; a++)
            {
                SparseMatrix transitions = model.Transitions(a), observations = model.ObservationModel(a);
                ReadOnlySpan<double> rewards = model.Rewards(a);
                for (int s = 0; s < states; s++)
                {
                    stamp++;
                    seen.Clear();
                    ReadOnlySpan<int> nextStates = transitions.RowColumns(s);
                    ReadOnlySpan<double> chances = transitions.RowValues(s);
                    for (int i = 0; i < nextStates.Length; i++)
                    {
                        ReadOnlySpan<int> os = observations.RowColumns(nextStates[i]);
                        ReadOnlySpan<double> ps = observations.RowValues(nextStates[i]);
                        for (int k = 0; k < os.Length; k++)
                        {
                            if (seenAt[os[k]] != stamp)
                            {
                                seenAt[os[k]] = stamp;
                                seen.Add(os[k]);
                                sums.AsSpan(os[k] * width, width).Clear();
                            }

                            AddScaled(q.AsSpan(nextStates[i] * width, width), chances[i] * ps[k], sums.AsSpan(os[k] * width, width));
                        }
                    }

                    double total = 0;
                    foreach (int o in seen)
                    {
                        ReadOnlySpan<double> sum = sums.AsSpan(o * width, actions);
                        double best = sum[0];
                        for (int b = 1; b < actions; b++)
                        {
                            best = Math.Max(best, sum[b]);
                        }

                        total += best;
                    }

                    int at = (s * width) + a;
                    double backedUp = rewards[s] + (model.Discount * total);
                    next[at] = Math.Min(q[at], backedUp);
                    change = Math.Max(change, q[at] - next[at]);
                }
            }

            (q, next) = (next, q);
            if (change <= tolerance || stop?.Invoke() == true)
            {
                break;
            }
        }

        return [.. Enumerable.Range(0, actions).Select(a => Enumerable.Range(0, states).Select(s => q[(s * width) + a]).ToArray())];
    }

    /// <summary>Value of each policy that always takes the same action, from below; those that never settle are left out.</summary>
    public static List<(int Action, double[] Values)> BlindPolicies(Pomdp model, double tolerance)
    {
        List<(int, double[])> policies = [];
        double worst = model.Discount < 1 ? Extreme(model, largest: false) / (1 - model.Discount) : 0;
        for (int a = 0; a < model.ActionCount; a++)
        {
            double[] value = new double[model.StateCount], next = new double[model.StateCount];
            Array.Fill(value, worst);
            bool settled = model.Discount < 1;
            for (int sweep = 0; sweep < MaxSweeps; sweep++)
            {
                BackUp(model, a, value, next);
                double change = 0;
                for (int s = 0; s < value.Length; s++)
                {
                    change = Math.Max(change, Math.Abs(next[s] - value[s]));
                }

                (value, next) = (next, value);
                if (change <= tolerance)
                {
                    settled = true;
                    break;
                }
            }

            if (settled)
            {
                policies.Add((a, value));
            }
        }

        return policies.Count > 0
            ? policies
            : throw new PomdpException("Without discount the model must end: no action, always taken, has a finite value. Set a horizon, or a discount below 1.");
    }

    /// <summary>destination = R(., a) + discount * T(a) value.</summary>
    public static void BackUp(Pomdp model, int action, double[] value, double[] destination)
    {
        SparseMatrix transitions = model.Transitions(action);
        ReadOnlySpan<double> rewards = model.Rewards(action);
        ReadOnlySpan<int> starts = transitions.RowStarts, columns = transitions.Columns;
        ReadOnlySpan<double> chances = transitions.Values;
        for (int s = 0; s < destination.Length; s++)
        {
            double sum = 0;
            for (int i = starts[s]; i < starts[s + 1]; i++)
            {
                sum += chances[i] * value[columns[i]];
            }

            destination[s] = rewards[s] + (model.Discount * sum);
        }
    }

    public static double Extreme(Pomdp model, bool largest)
    {
        double extreme = largest ? double.NegativeInfinity : double.PositiveInfinity;
        for (int a = 0; a < model.ActionCount; a++)
        {
            foreach (double reward in model.Rewards(a))
            {
                extreme = largest ? Math.Max(extreme, reward) : Math.Min(extreme, reward);
            }
        }

        return extreme;
    }

    private static void AddScaled(ReadOnlySpan<double> source, double scale, Span<double> sum)
    {
        ref double a = ref MemoryMarshal.GetReference(source);
        ref double b = ref MemoryMarshal.GetReference(sum);
        Vector512<double> factor = Vector512.Create(scale);
        for (nuint i = 0; i < (nuint)sum.Length; i += 8)
        {
            (Vector512.LoadUnsafe(ref b, i) + (factor * Vector512.LoadUnsafe(ref a, i))).StoreUnsafe(ref b, i);
        }
    }
}
