using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace AutoMix;

/// <summary>Sorts the exceptions of any provider client into the failure classes.</summary>
internal static partial class FailureClassifier
{
    private const int LongestMessage = 4_000;

    public static FailureKind Classify(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is TimeoutException or OperationCanceledException)
            {
                return FailureKind.Timeout;
            }

            if (StatusOf(e) is { } status && FromStatus(status, e.Message) is { } kind)
            {
                return kind;
            }

            if (e is SocketException or System.IO.IOException or HttpRequestException)
            {
                return FailureKind.Overload;
            }
        }

        return FailureWords.Read(exception.Message) ?? FailureKind.Other;
    }

    /// <summary>Sorts an error by its code if that is an HTTP status, else by a status in its text, else by its words; null if none is known.</summary>
    public static FailureKind? FromText(string? code, string text)
    {
        int? status = int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : StatusIn(text);
        return (status is { } known ? FromStatus(known, text) : null) ?? FailureWords.Read(text);
    }

    private static int? StatusOf(Exception exception)
    {
        if (exception is HttpRequestException { StatusCode: { } code })
        {
            return (int)code;
        }

        if (ProviderResponse.Status(exception) is { } status)
        {
            return status;
        }

        return StatusIn(exception.Message);
    }

    private static int? StatusIn(string? text)
    {
        Match match = StatusWords().Match(Beginning(text));
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;
    }

    // The HTTP status decides whether the caller or the provider is at fault. The error text then selects the failure kind.
    private static FailureKind? FromStatus(int status, string? message) => status switch
    {
        (int)HttpStatusCode.TooManyRequests => FailureWords.IsTooLarge(message) ? FailureKind.ContextLength : FailureKind.RateLimit,
        (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.PaymentRequired => FailureKind.Authentication,
        (int)HttpStatusCode.Forbidden => FailureWords.Read(message) is { } kind and (FailureKind.ContentFilter or FailureKind.RateLimit) ? kind : FailureKind.Authentication,
        (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.GatewayTimeout => FailureKind.Timeout,
        (int)HttpStatusCode.RequestEntityTooLarge => FailureKind.ContextLength,
        >= 500 and < 600 => FailureWords.Read(message) is { } kind and (FailureKind.ContextLength or FailureKind.ContentFilter) ? kind : FailureKind.Overload,
        >= 400 and < 500 => FailureWords.Read(message) is { } kind and (FailureKind.ContextLength or FailureKind.ContentFilter or FailureKind.Authentication) ? kind : FailureKind.BadRequest,
        _ => null,
    };

    // The status stands near the beginning of a message. A time limit on the pattern instead would fail requests on a busy machine.
    private static string Beginning(string? message) => message is null ? "" : message.Length <= LongestMessage ? message : message[..LongestMessage];

    [GeneratedRegex(@"(?:\bHTTP|\bstatus(?:\s*code)?)\D{0,20}?\b([45]\d\d)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StatusWords();
}
