namespace AutoMix.Tool.Conversions;

/// <summary>What <c>automix convert --json</c> prints.</summary>
internal sealed record ConvertReport
{
    public required string Output { get; init; }

    /// <summary>Records written.</summary>
    public required int Records { get; init; }

    public required IReadOnlyList<string> Models { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }
}
