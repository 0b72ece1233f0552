namespace AutoMix.Policies;

/// <summary>One threshold on each pair of models: the cheaper one's answer is accepted from a quantile of its confidences on, else the dearer one is asked.</summary>
internal static class PairThresholds
{
    /// <summary>Number of thresholds on each pair.</summary>
    public const int PerPair = ThresholdPolicy.Quantiles / 2;

    // Beyond, escalation to the best model is enough: the number of pairs grows with the square.
    private const int MostModels = 12;

    /// <summary>The policies of all pairs, pair after pair, by ascending threshold.</summary>
    public static IReadOnlyList<ICascadePolicy> Enumerate(TraceTable table)
    {
        var policies = new List<ICascadePolicy>();
        for (int large = 1; large < table.ModelCount; large++)
        {
            for (int small = 0; small < large && (table.ModelCount <= MostModels || large == table.ModelCount - 1); small++)
            {
                double[] choices = ThresholdPolicy.Choices(table, small);
                for (int k = 0; k < PerPair; k++)
                {
                    double[] thresholds = new double[table.ModelCount];
                    Array.Fill(thresholds, ThresholdPolicy.Skip);
                    thresholds[small] = choices[1 + (2 * k)];
                    thresholds[large] = 0;
                    policies.Add(new ThresholdPolicy(table.Models, thresholds) { Fitted = true });
                }
            }
        }

        return policies;
    }
}
