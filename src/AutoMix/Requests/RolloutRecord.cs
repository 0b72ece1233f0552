namespace AutoMix;

/// <summary>What part of a rollout a request was, and for a shadowed one what the policy would have done.</summary>
public sealed record RolloutRecord
{
    /// <summary>Who was to answer.</summary>
    public RolloutRole Role { get; init; }

    /// <summary>In shadow mode the model whose answer the policy would have returned; null where it vouched for none, and elsewhere.</summary>
    public string? WouldAnswer { get; init; }

    /// <summary>In shadow mode the dollars that the policy's own calls cost; null elsewhere.</summary>
    public decimal? WouldCost { get; init; }

    /// <summary>
    /// In shadow mode whether that answer and the largest model's are the same, as agreement is measured; null where one of them
    /// is missing, and elsewhere.
    /// </summary>
    public bool? WouldAgree { get; init; }

    /// <summary>In shadow mode the dollars of the largest model's answer alone: what the request costs without the policy; null elsewhere.</summary>
    public decimal? LargestCost { get; init; }
}
