namespace AutoMix.Policies;

/// <summary>The models at which a cascade may give a query up.</summary>
internal enum AbstentionStage
{
    /// <summary>Nowhere.</summary>
    Never = 0,

    /// <summary>At its last model only (late abstention).</summary>
    Last = 1,

    /// <summary>At any model (early abstention).</summary>
    Any = 2,
}
