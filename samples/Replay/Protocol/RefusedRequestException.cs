namespace AutoMix.Replay;

/// <summary>A request that cannot be answered, as OpenAI's error object describes it.</summary>
internal sealed class RefusedRequestException(int status, string code, string? param, string message) : Exception(message)
{
    public int Status => status;

    public ErrorResponse ToResponse() => new(new ErrorDetail(Message, "invalid_request_error", param, code));
}
