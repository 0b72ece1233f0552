namespace AutoMix.Estimation;

/// <summary>What one policy gave on each row while that row was held out from fitting it.</summary>
/// <param name="Quality">Quality of the accepted answer, per row.</param>
/// <param name="Cost">Dollars, per row.</param>
internal sealed record HeldOutRows(double[] Quality, double[] Cost);
