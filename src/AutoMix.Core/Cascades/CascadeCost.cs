using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The cost of a step in dollars, tokens and seconds, kept apart until an objective weighs them.</summary>
public readonly record struct CascadeCost
{
    /// <summary>Creates a cost.</summary>
    /// <param name="dollars">Dollars, 0 or more.</param>
    /// <param name="tokens">Tokens of prompt and answer, 0 or more.</param>
    /// <param name="seconds">Seconds, 0 or more.</param>
    [JsonConstructor]
    public CascadeCost(double dollars, double tokens = 0, double seconds = 0) => (Dollars, Tokens, Seconds) = (dollars, tokens, seconds);

    /// <summary>Dollars, 0 or more.</summary>
    public double Dollars { get; init; }

    /// <summary>Tokens of prompt and answer, 0 or more.</summary>
    public double Tokens { get; init; }

    /// <summary>Seconds, 0 or more.</summary>
    public double Seconds { get; init; }

    /// <summary>The sum, term by term.</summary>
    public static CascadeCost operator +(CascadeCost left, CascadeCost right) => Add(left, right);

    /// <summary>The sum, term by term.</summary>
    public static CascadeCost Add(CascadeCost left, CascadeCost right) =>
        new(left.Dollars + right.Dollars, left.Tokens + right.Tokens, left.Seconds + right.Seconds);
}
