namespace AutoMix.Policies;

/// <summary>Which supermodels (sets of models) are considered.</summary>
internal enum SupermodelScope
{
    /// <summary>Any set that holds the models already called: cascade routing.</summary>
    Any = 0,

    /// <summary>The first so many models: cascading.</summary>
    Prefix = 1,

    /// <summary>One model: routing.</summary>
    Single = 2,
}
