namespace AutoMix;

/// <summary>Money in whole numbers, so that sums are exact on every side.</summary>
internal static class NanoDollars
{
    private const decimal PerDollar = 1_000_000_000m;

    public static long AtLeast(decimal dollars) => (long)decimal.Ceiling(dollars * PerDollar);

    public static long AtMost(decimal dollars) => (long)decimal.Floor(dollars * PerDollar);

    public static decimal ToDollars(long nanoDollars) => nanoDollars / PerDollar;
}
