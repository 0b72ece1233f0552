namespace AutoMix;

/// <summary>The size of tests whose samples may be smaller without changing what they claim. AUTOMIX_FULL=1 runs the full size, as .ci/slow does.</summary>
internal static class TestSize
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("AUTOMIX_FULL") == "1";

    public static int Of(int small, int full) => IsFull ? full : small;
}
