namespace AutoMix.Policies;

/// <summary>
/// Plans a batch of requests that is known in advance over models, by sampling and simulation (Fang et al., 2025): each
/// request gets a model and a place in its queue, so that the expected quality is reached at the least dollars and time.
/// </summary>
/// <remarks>
/// A price on quality is searched such that every request taking the model of least cost minus priced quality reaches the
/// quality asked for; then requests leave the model that finishes last while the total falls and the quality holds. Queues
/// run longest first.
/// </remarks>
public static class BatchScheduler
{
    private const int DefaultSlots = 8;
    private const int Bisections = 60;

    /// <summary>Plans a batch.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="model">What answers are worth, cost and take.</param>
    /// <param name="options">What the batch shall reach.</param>
    /// <exception cref="ArgumentException">The slots do not fit the models.</exception>
    public static BatchSchedule Plan(IReadOnlyList<BatchRequest> requests, BatchCostModel model, BatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        int[] slots = options.Slots is { } given ? [.. given] : [.. Enumerable.Repeat(DefaultSlots, model.Models.Count)];
        if (slots.Length != model.Models.Count || slots.Any(s => s < 1) || options.Samples < 1)
        {
            throw new ArgumentException($"Give at least one slot for each of the {model.Models.Count} models, and at least one sample.", nameof(options));
        }

        int n = model.Models.Count;
        double[] quality = new double[requests.Count * n];
        double[] dollars = new double[requests.Count * n];
        for (int r = 0; r < requests.Count; r++)
        {
            for (int m = 0; m < n; m++)
            {
                quality[(r * n) + m] = model.Quality(requests[r], m);
                dollars[(r * n) + m] = model.Dollars(requests[r], m);
            }
        }

        int[] assigned = Assign(requests.Count, n, quality, dollars, options.MinQuality);
        if (options.DollarsPerSecond > 0)
        {
            Balance(requests, model, slots, quality, dollars, options, assigned);
        }

        return new BatchSchedule(
            assigned,
            Queues(requests, model, assigned),
            requests.Count == 0 ? 1 : Mean(quality, n, assigned),
            Enumerable.Range(0, requests.Count).Sum(r => dollars[(r * n) + assigned[r]]),
            Simulate(requests, model, slots, assigned, options));
    }

    /// <summary>Seconds until the last answer, when each model's queue runs on its slots with these durations.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="slots">Calls that each model serves at the same time.</param>
    /// <param name="seconds">Seconds of each request on the model it was given to.</param>
    public static double Makespan(BatchSchedule schedule, IReadOnlyList<int> slots, Func<int, double> seconds)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentNullException.ThrowIfNull(seconds);
        return schedule.Queues.Select((queue, m) => Finish(queue, slots[m], seconds)).DefaultIfEmpty(0).Max();
    }

    private static int[] Assign(int requests, int models, double[] quality, double[] dollars, double minQuality)
    {
        int[] At(double price) => [.. Enumerable.Range(0, requests).Select(r =>
        {
            int best = 0;
            for (int m = 1; m < models; m++)
            {
                double gain = (price * (quality[(r * models) + m] - quality[(r * models) + best])) - dollars[(r * models) + m] + dollars[(r * models) + best];
                best = gain > 0 ? m : best;
            }

            return best;
        })];

        int[] cheapest = At(0);
        if (requests == 0 || Mean(quality, models, cheapest) >= minQuality)
        {
            return cheapest;
        }

        (double low, double high) = (0, 1);
        while (high < 1e12 && Mean(quality, models, At(high)) < minQuality)
        {
            high *= 4;
        }

        for (int step = 0; step < Bisections; step++)
        {
            double price = (low + high) / 2;
            (low, high) = Mean(quality, models, At(price)) >= minQuality ? (low, price) : (price, high);
        }

        // Between the two prices several requests may change at once: of these only as many as the quality needs.
        int[] assigned = At(high);
        int[] cheaper = At(low);
        foreach (int r in Enumerable.Range(0, requests).Where(r => cheaper[r] != assigned[r]).OrderByDescending(r => dollars[(r * models) + assigned[r]] - dollars[(r * models) + cheaper[r]]))
        {
            int kept = assigned[r];
            assigned[r] = cheaper[r];
            if (Mean(quality, models, assigned) < minQuality)
            {
                assigned[r] = kept;
            }
        }

        return assigned;
    }

    // Moves requests off the model that finishes last, each time the one whose move gains most.
    private static void Balance(
        IReadOnlyList<BatchRequest> requests, BatchCostModel model, int[] slots, double[] quality, double[] dollars, BatchOptions options, int[] assigned)
    {
        int n = slots.Length;
        double[] load = new double[n];
        double[] seconds = new double[quality.Length];
        for (int r = 0; r < requests.Count; r++)
        {
            for (int m = 0; m < n; m++)
            {
                seconds[(r * n) + m] = model.Seconds(requests[r], m);
            }

            load[assigned[r]] += seconds[(r * n) + assigned[r]] / slots[assigned[r]];
        }

        double sum = Mean(quality, n, assigned) * requests.Count;
        double least = Math.Min(options.MinQuality * requests.Count, sum);
        for (int move = 0; move < 4 * requests.Count; move++)
        {
            int last = Array.IndexOf(load, load.Max());
            (double Gain, int Request, int To) best = (1e-12, -1, -1);
            for (int r = 0; r < requests.Count; r++)
            {
                if (assigned[r] != last)
                {
                    continue;
                }

                for (int m = 0; m < n; m++)
                {
                    if (m == last || sum + quality[(r * n) + m] - quality[(r * n) + last] < least - 1e-9)
                    {
                        continue;
                    }

                    double after = 0;
                    for (int k = 0; k < n; k++)
                    {
                        double moved = k == last ? -seconds[(r * n) + last] / slots[last] : k == m ? seconds[(r * n) + m] / slots[m] : 0;
                        after = Math.Max(after, load[k] + moved);
                    }

                    double gain = (options.DollarsPerSecond * (load[last] - after)) + dollars[(r * n) + last] - dollars[(r * n) + m];
                    best = gain > best.Gain ? (gain, r, m) : best;
                }
            }

            if (best.Request < 0)
            {
                return;
            }

            int at = best.Request * n;
            load[last] -= seconds[at + last] / slots[last];
            load[best.To] += seconds[at + best.To] / slots[best.To];
            sum += quality[at + best.To] - quality[at + last];
            assigned[best.Request] = best.To;
        }
    }

    private static double Simulate(IReadOnlyList<BatchRequest> requests, BatchCostModel model, int[] slots, int[] assigned, BatchOptions options)
    {
        IReadOnlyList<IReadOnlyList<int>> queues = Queues(requests, model, assigned);
        double total = 0;
        for (int sample = 0; sample < options.Samples; sample++)
        {
            ulong seed = options.Seed + (ulong)sample;
            total += queues.Select((queue, m) => Finish(queue, slots[m], r => model.SampleSeconds(requests[r], m, seed))).Max();
        }

        return total / options.Samples;
    }

    private static int[][] Queues(IReadOnlyList<BatchRequest> requests, BatchCostModel model, int[] assigned) =>
        [.. Enumerable.Range(0, model.Models.Count).Select(m => (int[])
            [.. Enumerable.Range(0, requests.Count).Where(r => assigned[r] == m).OrderByDescending(r => model.Seconds(requests[r], m))])];

    private static double Finish(IReadOnlyList<int> queue, int slots, Func<int, double> seconds)
    {
        var free = new PriorityQueue<int, double>(Enumerable.Repeat((0, 0.0), slots));
        double last = 0;
        foreach (int request in queue)
        {
            free.TryDequeue(out int slot, out double at);
            at += seconds(request);
            last = Math.Max(last, at);
            free.Enqueue(slot, at);
        }

        return last;
    }

    private static double Mean(double[] quality, int models, int[] assigned) =>
        assigned.Length == 0 ? 0 : Enumerable.Range(0, assigned.Length).Average(r => quality[(r * models) + assigned[r]]);
}
