namespace AutoMix.Pomdps;

/// <summary>Collects different beliefs that can be reached from the start.</summary>
internal static class BeliefSampler
{
    /// <summary>Random walks: what Perseus samples.</summary>
    public static List<double[]> Walk(Pomdp model, int count, Random random, SolverClock clock)
    {
        BeliefUpdater updater = new(model);
        List<double[]> beliefs = [model.Start.ToArray()];
        double[] belief = beliefs[0];
        for (int step = 0; beliefs.Count < count && step < 20 * count && !clock.IsOver; step++)
        {
            double[]? next = step % 50 == 49 ? model.Start.ToArray() : Step(model, updater, belief, random.Next(model.ActionCount), random);
            belief = next ?? model.Start.ToArray();
            if (beliefs.TrueForAll(b => Distance(b, belief) > 1e-6))
            {
                beliefs.Add(belief);
            }
        }

        return beliefs;
    }

    /// <summary>From each belief the sampled successor that is farthest from all others: what PBVI adds.</summary>
    public static void Expand(Pomdp model, List<double[]> beliefs, int limit, Random random, SolverClock clock)
    {
        BeliefUpdater updater = new(model);
        int known = beliefs.Count;
        for (int i = 0; i < known && beliefs.Count < limit && !clock.IsOver; i++)
        {
            double[]? farthest = null;
            double most = 1e-6;
            for (int action = 0; action < model.ActionCount; action++)
            {
                double[]? next = Step(model, updater, beliefs[i], action, random);
                double distance = next is null ? 0 : beliefs.Min(b => Distance(b, next));
                if (distance > most)
                {
                    most = distance;
                    farthest = next;
                }
            }

            if (farthest is not null)
            {
                beliefs.Add(farthest);
            }
        }
    }

    private static double[]? Step(Pomdp model, BeliefUpdater updater, double[] belief, int action, Random random)
    {
        int state = PomdpSimulator.Sample(belief, random);
        int after = PomdpSimulator.SampleRow(model.Transitions(action), state, random);
        int seen = PomdpSimulator.SampleRow(model.ObservationModel(action), after, random);
        double[] next = new double[belief.Length];
        return updater.TryUpdate(belief, action, seen, next, out _) ? next : null;
    }

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs(a[i] - b[i]);
        }

        return sum;
    }
}
