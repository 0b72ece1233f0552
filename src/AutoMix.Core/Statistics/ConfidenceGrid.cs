namespace AutoMix.Statistics;

/// <summary>
/// The fine, fixed grid on which confidences are counted: equal steps of log-odds, so that .99, .999 and .9999 stay apart.
/// Fixed edges make counts from many processes mergeable.
/// </summary>
internal static class ConfidenceGrid
{
    /// <summary>Number of cells.</summary>
    public const int Size = 256;

    /// <summary>Log-odds beyond which confidences are clipped.</summary>
    public const double Limit = 16;

    private const double Step = 2 * Limit / Size;

    /// <summary>The cell of a confidence.</summary>
    /// <param name="confidence">In [0, 1].</param>
    /// <returns>0 to <see cref="Size"/> - 1.</returns>
    public static int Cell(double confidence)
    {
        double logOdds = LogOdds(confidence);
        return Math.Clamp((int)((logOdds + Limit) / Step), 0, Size - 1);
    }

    /// <summary>The log-odds at the centre of a cell.</summary>
    public static double Centre(int cell) => ((cell + 0.5) * Step) - Limit;

    /// <summary>ln(p / (1 - p)), clipped to plus or minus <see cref="Limit"/>.</summary>
    public static double LogOdds(double probability) =>
        probability <= 0 ? -Limit : probability >= 1 ? Limit : Math.Clamp(Math.Log(probability) - Math.Log(1 - probability), -Limit, Limit);
}
