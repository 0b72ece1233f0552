using System.Globalization;
using System.Text.RegularExpressions;

namespace AutoMix;

/// <summary>Reads the time that a provider asks to wait, from a Retry-After header or from the words of a message.</summary>
internal static partial class RetryDelay
{
    private const int LongestMessage = 4_000;

    // A wait of a year, or a number that overflows, is a mistake of the provider.
    private const double MostSeconds = 24 * 3600;

    /// <summary>The time asked for, from 0 to 24 hours; null if there is none.</summary>
    /// <param name="exception">The failure of a call.</param>
    /// <param name="now">The time by which a date is read.</param>
    public static TimeSpan? Of(Exception exception, DateTimeOffset now)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (((e.Data?["Retry-After"] ?? e.Data?["RetryAfter"]) is { } data ? Read(data, now) : null) is { } fromData)
            {
                return fromData;
            }

            if ((Milliseconds(e, "retry-after-ms") ?? Milliseconds(e, "x-ms-retry-after-ms")) is { } exact)
            {
                return exact;
            }

            if (ProviderResponse.Header(e, "Retry-After") is { } header && Read(header, now) is { } fromHeader)
            {
                return fromHeader;
            }

            if (InWords(e.Message) is { } fromMessage)
            {
                return fromMessage;
            }
        }

        return null;
    }

    private static TimeSpan? Milliseconds(Exception e, string header) =>
        ProviderResponse.Header(e, header) is { } text && double.TryParse(text, CultureInfo.InvariantCulture, out double milliseconds) ? Seconds(milliseconds / 1000) : null;

    // "Please try again in 6m0s", "1h2m3.5s", "20s", "500 ms", "2 minutes", "30".
    private static TimeSpan? InWords(string? message)
    {
        string text = message is null ? "" : message.Length <= LongestMessage ? message : message[..LongestMessage];
        foreach (Match match in WaitWords().Matches(text))
        {
            double? hours = Part(match, "h");
            double? minutes = Part(match, "m");
            double? seconds = Part(match, "s");
            if ((hours ?? minutes ?? seconds) is not null)
            {
                return Seconds(((hours ?? 0) * 3600) + ((minutes ?? 0) * 60) + ((seconds ?? 0) / (match.Groups["ms"].Success ? 1000 : 1)));
            }
        }

        return null;
    }

    private static double? Part(Match match, string name) => double.TryParse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture, out double amount) ? amount : null;

    private static TimeSpan? Read(object value, DateTimeOffset now) => value switch
    {
        TimeSpan delay => Seconds(delay.TotalSeconds),
        DateTimeOffset until => Until(until, now),
        int seconds => Seconds(seconds),
        long seconds => Seconds(seconds),
        double seconds => Seconds(seconds),
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) => Seconds(seconds),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset until) => Until(until, now),
        _ => null,
    };

    private static TimeSpan? Until(DateTimeOffset until, DateTimeOffset now) => Seconds(Math.Max(0, (until - now).TotalSeconds));

    private static TimeSpan? Seconds(double seconds) => seconds >= 0 ? TimeSpan.FromSeconds(Math.Min(seconds, MostSeconds)) : null;

    [GeneratedRegex(
        @"(?:(?:try|retry)(?: again)? (?:in|after)|\bwait(?: for)?|retry-?(?:after|delay)\W{0,4})\s*(?:(?<h>\d+(?:\.\d+)?)\s*h(?:(?:ou)?rs?)?\s*)?(?:(?<m>\d+(?:\.\d+)?)\s*m(?:in(?:ute)?s?)?(?![a-z])\s*)?(?:(?<s>\d+(?:\.\d+)?)\s*(?<ms>ms|milli)?)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WaitWords();
}
