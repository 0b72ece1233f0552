using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
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

        return FromMessage(exception.Message) ?? FailureKind.Other;
    }

    /// <summary>From the text of an error that came back inside an answer.</summary>
    public static FailureKind? FromMessage(string? message)
    {
        if (string.IsNullOrEmpty(message))
        {
            return null;
        }

        if (Contains(message, "context length") || Contains(message, "context_length") || Contains(message, "maximum context") || Contains(message, "prompt is too long")
            || Contains(message, "context window") || Contains(message, "too many tokens"))
        {
            return FailureKind.ContextLength;
        }

        // What OpenAI's adapter makes of a refusal: the model is well, it will not answer this.
        if (message.StartsWith("refusal", StringComparison.OrdinalIgnoreCase))
        {
            return FailureKind.ContentFilter;
        }

        if (Contains(message, "content_filter") || Contains(message, "content filter") || Contains(message, "content management policy") || Contains(message, "safety"))
        {
            return FailureKind.ContentFilter;
        }

        if (Contains(message, "rate limit") || Contains(message, "rate_limit") || Contains(message, "too many requests") || Contains(message, "quota"))
        {
            return FailureKind.RateLimit;
        }

        return Contains(message, "overloaded") || Contains(message, "unavailable") ? FailureKind.Overload : null;
    }

    /// <summary>How long the provider asked to wait: a Retry-After header, or the words of the message.</summary>
    public static TimeSpan? RetryAfter(Exception exception, DateTimeOffset now)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if ((e.Data["Retry-After"] ?? e.Data["RetryAfter"]) is { } data && ParseDelay(data, now) is { } fromData)
            {
                return fromData;
            }

            if (ProviderResponse.Header(e, "retry-after-ms") is { } ms && double.TryParse(ms, CultureInfo.InvariantCulture, out double milliseconds) && milliseconds >= 0)
            {
                return Bounded(milliseconds / 1000);
            }

            if (ProviderResponse.Header(e, "Retry-After") is { } header && ParseDelay(header, now) is { } fromHeader)
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

    // "Please try again in 6m0s", "1h2m3.5s", "20s", "500 ms", "2 minutes", "30".
    private static TimeSpan? InWords(string message)
    {
        Match match = WaitWords().Match(Beginning(message));
        double hours = Part("h");
        double minutes = Part("m");
        double seconds = Part("s");
        return double.IsNaN(hours) && double.IsNaN(minutes) && double.IsNaN(seconds)
            ? null
            : Bounded((Known(hours) * 3600) + (Known(minutes) * 60) + (match.Groups["ms"].Success ? Known(seconds) / 1000 : Known(seconds)));

        double Part(string name) => double.TryParse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture, out double amount) ? amount : double.NaN;

        static double Known(double amount) => double.IsNaN(amount) ? 0 : amount;
    }

    private static TimeSpan? ParseDelay(object value, DateTimeOffset now) => value switch
    {
        TimeSpan delay when delay >= TimeSpan.Zero => delay,
        DateTimeOffset until => until > now ? until - now : TimeSpan.Zero,
        int seconds when seconds >= 0 => TimeSpan.FromSeconds(seconds),
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds >= 0 => Bounded(seconds),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset until) =>
            until > now ? until - now : TimeSpan.Zero,
        _ => null,
    };

    // A header that asks for a year, or a number that overflows, is a mistake of the provider's.
    private static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 24 * 3600));

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

        Match match = StatusWords().Match(Beginning(exception.Message));
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;
    }

    private static FailureKind? FromStatus(int status, string message) => status switch
    {
        (int)HttpStatusCode.TooManyRequests => FailureKind.RateLimit,
        (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden or (int)HttpStatusCode.PaymentRequired => FailureKind.Authentication,
        (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.GatewayTimeout => FailureKind.Timeout,
        (int)HttpStatusCode.RequestEntityTooLarge => FailureKind.ContextLength,
        >= 500 and < 600 => FailureKind.Overload,
        >= 400 and < 500 => FromMessage(message) switch
        {
            FailureKind.ContextLength => FailureKind.ContextLength,
            FailureKind.ContentFilter => FailureKind.ContentFilter,
            _ => FailureKind.BadRequest,
        },
        _ => null,
    };

    // What matters stands at the beginning. A time limit on a pattern instead would fail requests on a busy machine.
    private static string Beginning(string message) => message.Length <= LongestMessage ? message : message[..LongestMessage];

    private static bool Contains(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"(?:\bHTTP|\bstatus(?:\s*code)?)\D{0,20}?\b([45]\d\d)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StatusWords();

    [GeneratedRegex(
        @"(?:try again in|retry (?:after|in)|retry-?(?:after|delay)\W{0,4})\s*(?:(?<h>\d+)\s*h(?:ours?)?\s*)?(?:(?<m>\d+(?:\.\d+)?)\s*m(?:in(?:ute)?s?)?(?![a-z])\s*)?(?:(?<s>\d+(?:\.\d+)?)\s*(?<ms>ms|milli)?)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WaitWords();

    /// <summary>
    /// The status and headers that client libraries put on their own exception types (System.ClientModel, Azure.Core), which
    /// this package does not reference. Where trimming has removed the members, the message is read instead.
    /// </summary>
    private static class ProviderResponse
    {
        private const string Trimming = "Members that trimming removed only mean that the exception's message is read instead.";

        [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Trimming)]
        public static int? Status(Exception exception)
        {
            object? value = exception.GetType().GetProperty("Status", BindingFlags.Public | BindingFlags.Instance)?.GetValue(exception)
                ?? exception.GetType().GetProperty("StatusCode", BindingFlags.Public | BindingFlags.Instance)?.GetValue(exception);
            return value switch
            {
                int status when status is >= 400 and < 600 => status,
                HttpStatusCode code when (int)code is >= 400 and < 600 => (int)code,
                _ => null,
            };
        }

        [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Trimming)]
        public static string? Header(Exception exception, string name)
        {
            try
            {
                object? response = exception.GetType().GetMethod("GetRawResponse", Type.EmptyTypes)?.Invoke(exception, null);
                object? headers = response?.GetType().GetProperty("Headers")?.GetValue(response);
                MethodInfo? read = headers?.GetType().GetMethod("TryGetValue", [typeof(string), typeof(string).MakeByRefType()]);
                object?[] arguments = [name, null];
                return read?.Invoke(headers, arguments) is true ? arguments[1] as string : null;
            }
            catch (Exception e) when (e is TargetInvocationException or AmbiguousMatchException or TargetException or ArgumentException)
            {
                return null;
            }
        }
    }
}
