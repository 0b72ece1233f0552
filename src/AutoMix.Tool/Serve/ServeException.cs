namespace AutoMix.Tool.Serve;

/// <summary>A request that is not answered, in the terms of OpenAI's error object.</summary>
internal sealed class ServeException(int status, string type, string? code, string? parameter, string message, Exception? inner = null) : Exception(message, inner)
{
    private const string BadRequestType = "invalid_request_error";

    public int Status => status;

    public string Type => type;

    public string? Code => code;

    public string? Parameter => parameter;

    public static ServeException BadRequest(string? parameter, string message, string? code = null) =>
        new(StatusCodes.Status400BadRequest, BadRequestType, code, parameter, message);

    public static ServeException NotFound(string code, string? parameter, string message) =>
        new(StatusCodes.Status404NotFound, BadRequestType, code, parameter, message);

    public static ServeException Unauthorized(string message) =>
        new(StatusCodes.Status401Unauthorized, BadRequestType, "invalid_api_key", null, message);

    /// <summary>What an exception of the pipeline or of the server is to a client; null where it is a mistake of ours.</summary>
    public static ServeException? From(Exception exception) => exception switch
    {
        ServeException known => known,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(
            StatusCodes.Status413PayloadTooLarge, BadRequestType, "request_too_large", null, "The request is larger than this server takes. Send less, or raise Serve:MaxRequestBytes.", exception),
        BadHttpRequestException bad => new(bad.StatusCode, BadRequestType, null, null, bad.Message, exception),
        NoUsableAnswerException { Record.Limit: not null } limit => new(
            StatusCodes.Status429TooManyRequests, "insufficient_quota", "limit_reached", null, limit.Message, exception),
        NoUsableAnswerException none => From(none),
        _ => null,
    };

    // Where all models failed in the same way, that is what the client hears; where none was asked, as with all circuits open, that the server has none.
    private static ServeException From(NoUsableAnswerException exception)
    {
        FailureKind[] kinds = [.. exception.Record.Attempts.Select(attempt => attempt.Failure ?? FailureKind.Other).Distinct()];
        return kinds is []
            ? new(StatusCodes.Status503ServiceUnavailable, "server_error", "no_model_available", null, exception.Message, exception)
            : kinds is [var kind]
            ? kind switch
            {
                FailureKind.RateLimit => new(StatusCodes.Status429TooManyRequests, "rate_limit_error", "rate_limit_exceeded", null, exception.Message, exception),
                FailureKind.ContextLength => new(StatusCodes.Status400BadRequest, BadRequestType, "context_length_exceeded", "messages", exception.Message, exception),
                FailureKind.BadRequest or FailureKind.ContentFilter => new(StatusCodes.Status400BadRequest, BadRequestType, kind == FailureKind.ContentFilter ? "content_filter" : null, null, exception.Message, exception),
                FailureKind.Timeout => new(StatusCodes.Status504GatewayTimeout, "server_error", "timeout", null, exception.Message, exception),
                _ => new(StatusCodes.Status502BadGateway, "server_error", "no_usable_answer", null, exception.Message, exception),
            }
            : new(StatusCodes.Status502BadGateway, "server_error", "no_usable_answer", null, exception.Message, exception);
    }
}
