namespace AutoMix;

/// <summary>What a step costs: dollars, tokens and seconds, kept apart until an objective weighs them.</summary>
/// <param name="Dollars">Dollars, 0 or more.</param>
/// <param name="Tokens">Tokens of prompt and answer, 0 or more.</param>
/// <param name="Seconds">Seconds, 0 or more.</param>
public readonly record struct CascadeCost(double Dollars, double Tokens = 0, double Seconds = 0)
{
    /// <summary>The sum, term by term.</summary>
    public static CascadeCost operator +(CascadeCost left, CascadeCost right) => Add(left, right);

    /// <summary>The sum, term by term.</summary>
    public static CascadeCost Add(CascadeCost left, CascadeCost right) =>
        new(left.Dollars + right.Dollars, left.Tokens + right.Tokens, left.Seconds + right.Seconds);
}
