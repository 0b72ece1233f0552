namespace AutoMix.Quickstart;

/// <summary>One request as the table shows it.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Path">Which models answered and how their verifications came out.</param>
/// <param name="Answer">What came back.</param>
/// <param name="IsCorrect">Whether it is right.</param>
/// <param name="Cost">Dollars for everything; null where a price is unknown.</param>
internal sealed record RequestLine(string Question, string Path, string Answer, bool IsCorrect, decimal? Cost);
