namespace AutoMix;

/// <summary>One decision of an <see cref="ICascadePolicy"/>: what to do and to which model.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Model">Index of the model, from 0; -1 for <see cref="CascadeActionKind.Abstain"/>.</param>
/// <param name="IsFinal">
/// For <see cref="CascadeActionKind.Call"/>: the policy will accept the answer whatever it looks like, so that it may be
/// streamed live. False for every other kind.
/// </param>
public readonly record struct CascadeAction(CascadeActionKind Kind, int Model, bool IsFinal = false)
{
    /// <summary>Ask <paramref name="model"/>; <paramref name="final"/> promises to accept its answer.</summary>
    public static CascadeAction Call(int model, bool final = false) => new(CascadeActionKind.Call, model, final);

    /// <summary>Verify the answer of <paramref name="model"/>.</summary>
    public static CascadeAction Verify(int model) => new(CascadeActionKind.Verify, model);

    /// <summary>Return the answer of <paramref name="model"/>.</summary>
    public static CascadeAction Accept(int model) => new(CascadeActionKind.Accept, model);

    /// <summary>Stop without vouching for any answer.</summary>
    public static CascadeAction Abstain { get; } = new(CascadeActionKind.Abstain, -1);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        CascadeActionKind.Abstain => "Abstain",
        CascadeActionKind.Call when IsFinal => $"Call({Model}, final)",
        _ => $"{Kind}({Model})",
    };
}
