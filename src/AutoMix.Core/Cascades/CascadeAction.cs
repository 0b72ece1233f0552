namespace AutoMix;

/// <summary>One decision of an <see cref="ICascadePolicy"/>: what to do and to which model.</summary>
public readonly record struct CascadeAction
{
    internal CascadeAction(CascadeActionKind kind, int model, bool isFinal = false)
    {
        Kind = kind;
        Model = model;
        IsFinal = isFinal;
    }

    /// <summary>What to do.</summary>
    public CascadeActionKind Kind { get; }

    /// <summary>Index of the model, from 0; -1 for <see cref="CascadeActionKind.Abstain"/>.</summary>
    public int Model { get; internal init; }

    /// <summary>
    /// For <see cref="CascadeActionKind.Call"/>: the policy will accept the answer whatever it looks like, so that it may be
    /// streamed live. False for every other kind.
    /// </summary>
    public bool IsFinal { get; }

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
