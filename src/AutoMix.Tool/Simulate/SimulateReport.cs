namespace AutoMix.Tool.Simulate;

/// <summary>What would change under other prices, another accuracy or another volume: the policy trained for today, and one trained anew.</summary>
internal sealed record SimulateReport
{
    public required int Queries { get; init; }

    /// <summary>The assumptions, in words.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    /// <summary>The policy trained on the traces as they are, on the traces as they are.</summary>
    public required Outcome Today { get; init; }

    /// <summary>The same policy under the assumptions.</summary>
    public required Outcome Unchanged { get; init; }

    /// <summary>A policy trained under the assumptions.</summary>
    public required Outcome Retrained { get; init; }

    /// <summary>Always calling the best single model, under the assumptions.</summary>
    public required Outcome AlwaysBest { get; init; }

    /// <param name="Accuracy">Cross-validated.</param>
    /// <param name="CostPerQuery">Dollars.</param>
    /// <param name="CostPerMonth">Dollars at the volume asked for; null where none was given.</param>
    internal sealed record Outcome(double Accuracy, double CostPerQuery, double? CostPerMonth);
}
