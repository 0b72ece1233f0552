using System.Text.Json.Serialization;

namespace AutoMix;

/// <summary>The accuracy and cost of one cost weight, measured on queries that were held out from fitting.</summary>
/// <param name="costWeight">Value lost per dollar (<see cref="CascadeObjective.DollarWeight"/>).</param>
/// <param name="accuracy">Mean quality of the accepted answers, in [0, 1].</param>
/// <param name="costPerQuery">Mean dollars per query.</param>
[method: JsonConstructor]
public readonly struct OperatingPoint(double costWeight, double accuracy, double costPerQuery)
{
    /// <summary>Value lost per dollar (<see cref="CascadeObjective.DollarWeight"/>).</summary>
    public double CostWeight { get; } = costWeight;

    /// <summary>Mean quality of the accepted answers, in [0, 1].</summary>
    public double Accuracy { get; } = accuracy;

    /// <summary>Mean dollars per query.</summary>
    public double CostPerQuery { get; } = costPerQuery;
}
