namespace AutoMix.Policies;

/// <summary>The defence against queries that are made to look like others: the influence of the context is clipped.</summary>
public static class ContextDefence
{
    /// <summary>
    /// Limits how far the context moves a model's log-odds to the range seen for a share of the training queries.
    /// Returns a policy that uses no predicted qualities as it is.
    /// </summary>
    /// <param name="policy">A policy of the <see cref="PolicyRegistry"/>.</param>
    /// <param name="table">Its training traces.</param>
    /// <param name="share">Share of training queries that are left as they are, in [0, 1]; smaller is safer and less contextual.</param>
    public static ICascadePolicy Clip(ICascadePolicy policy, TraceTable table, double share = 0.5)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfNotEqual(share is >= 0 and <= 1, true, nameof(share));
        return policy switch
        {
            SupermodelPolicy supermodel => supermodel with { Context = supermodel.Context?.Clipped(table, share) },
            EdgeCloudPolicy edge => edge with { Quality = edge.Quality.Clipped(table, share) },
            _ => policy,
        };
    }
}
