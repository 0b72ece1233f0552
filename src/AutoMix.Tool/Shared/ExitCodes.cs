namespace AutoMix.Tool;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The input cannot be used: the message on standard error names the file, line or setting.</summary>
    public const int BadInput = 1;

    /// <summary>What was done is kept, and something is left to do: run the same command again.</summary>
    public const int Incomplete = 2;
}
