using System.Globalization;
using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The dollars of one or more calls, and whether they are the whole bill.</summary>
public readonly record struct Spend
{
    /// <summary>Creates a bill.</summary>
    /// <param name="dollars">The dollars that are known or estimated.</param>
    /// <param name="isEstimated">Whether some of the dollars are an estimate, because no usage came back or a price is unknown.</param>
    /// <param name="isIncomplete">Whether some calls are not among the dollars, because their models have no declared price: not free, but unknown.</param>
    [JsonConstructor]
    public Spend(decimal dollars, bool isEstimated = false, bool isIncomplete = false) =>
        (Dollars, IsEstimated, IsIncomplete) = (dollars, isEstimated, isIncomplete);

    /// <summary>The dollars that are known or estimated.</summary>
    public decimal Dollars { get; }

    /// <summary>Whether some of the dollars are an estimate, because no usage came back or a price is unknown.</summary>
    public bool IsEstimated { get; }

    /// <summary>Whether some calls are not among the dollars, because their models have no declared price: not free, but unknown.</summary>
    public bool IsIncomplete { get; }

    /// <summary>Adds two bills. The sum is estimated or incomplete if either of them is.</summary>
    /// <param name="left">The first bill.</param>
    /// <param name="right">The second bill.</param>
    public static Spend operator +(Spend left, Spend right) =>
        new(left.Dollars + right.Dollars, left.IsEstimated | right.IsEstimated, left.IsIncomplete | right.IsIncomplete);

    /// <summary>Describes the amount in words. An unknown price never looks like a free call.</summary>
    public override string ToString()
    {
        string known = string.Create(CultureInfo.InvariantCulture, $"${Dollars:0.########}");
        return !IsIncomplete ? IsEstimated ? $"about {known}" : known
            : Dollars == 0 ? "unknown cost"
            : $"{known} and an unknown cost";
    }
}
