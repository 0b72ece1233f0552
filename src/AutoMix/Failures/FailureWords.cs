namespace AutoMix;

/// <summary>Reads the class of a failure from the provider's error text, if no HTTP status decides it.</summary>
internal static class FailureWords
{
    private static readonly string[] ContextLength =
    [
        "context length", "context_length", "context window", "context limit", "context size", "maximum context", "maximum prompt length", "maximum model length",
        "prompt is too long", "input is too long", "too many tokens", "too many input tokens", "exceeds the maximum number of tokens", "max_new_tokens", "reduce the length",
        RequestTooLarge,
    ];

    private static readonly string[] ContentFilter =
    [
        "content_filter", "content filter", "content management policy", "content policy", "content_policy", "safety", "moderation", "flagged", "responsibleai",
        "data_inspection", "prohibited_content",
    ];

    private static readonly string[] RateLimit =
    [
        "rate limit", "rate_limit", "ratelimit", "too many requests", "quota", "resource_exhausted", "resourceexhausted", "resource exhausted", "rate exceeded", "throttl",
    ];

    private static readonly string[] Authentication =
    [
        "invalid api key", "invalid_api_key", "incorrect api key", "api key not valid", "api_key_invalid", "invalid x-api-key", "unauthorized", "unauthenticated",
        "authentication_error",
    ];

    private static readonly string[] Overload =
    [
        "overloaded", "unavailable", "at capacity", "over capacity", "server_error", "server had an error", "internal server error", "bad gateway",
    ];

    private static readonly string[] Timeout = ["timed out", "deadline exceeded", "deadline_exceeded", "deadlineexceeded"];

    private static readonly string[] BadRequest = ["does not support", "not supported", "invalid_request", "invalid request", "bad request"];

    // A request beyond the limit of tokens a minute fails again after waiting.
    private const string RequestTooLarge = "request too large";

    /// <summary>Returns the class; null if no known word is found.</summary>
    public static FailureKind? Read(string? message) =>
        string.IsNullOrEmpty(message) ? null

        // OpenAI's adapter reports a refusal with this word. The model works, but will not answer, so other words in the text do not count.
        : message.StartsWith("refusal", StringComparison.OrdinalIgnoreCase) ? FailureKind.ContentFilter
        : Any(message, ContextLength) ? FailureKind.ContextLength
        : Any(message, ContentFilter) ? FailureKind.ContentFilter
        : Any(message, RateLimit) ? FailureKind.RateLimit
        : Any(message, Authentication) ? FailureKind.Authentication
        : Any(message, Overload) ? FailureKind.Overload
        : Any(message, Timeout) ? FailureKind.Timeout
        : Any(message, BadRequest) ? FailureKind.BadRequest
        : null;

    /// <summary>Whether the request alone exceeds the model's limit of tokens a minute.</summary>
    public static bool IsTooLarge(string? message) => message?.Contains(RequestTooLarge, StringComparison.OrdinalIgnoreCase) is true;

    private static bool Any(string message, string[] words) => Array.Exists(words, word => message.Contains(word, StringComparison.OrdinalIgnoreCase));
}
