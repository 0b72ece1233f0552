namespace AutoMix.Tool.Serve;

internal static partial class ServeLog
{
    [LoggerMessage(1, LogLevel.Error, "The request to {Path} failed.")]
    public static partial void Failed(ILogger logger, string path, Exception exception);
}
