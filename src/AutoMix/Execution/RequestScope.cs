using System.Diagnostics;

namespace AutoMix;

/// <summary>The parts of one request that its calls and verifications share.</summary>
internal sealed class RequestScope
{
    public RequestScope(Pipeline pipeline, RequestState state, bool isStreaming, CancellationToken cancellation)
    {
        Pipeline = pipeline;
        State = state;
        IsStreaming = isStreaming;
        Cancellation = cancellation;
        Trace = pipeline.Telemetry.Start(state);
        Time = new(pipeline, state, cancellation);
        Funds = new(this);
    }

    public Pipeline Pipeline { get; }

    public RequestState State { get; }

    /// <summary>Whether the caller reads a stream.</summary>
    public bool IsStreaming { get; }

    /// <summary>The caller's token.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The span of the request; null if nobody listens.</summary>
    public Activity? Trace { get; }

    public TimeLimits Time { get; }

    public RequestFunds Funds { get; }

    /// <summary>Calls a callback of the application. Returns null if it throws, so that the failure at hand is not replaced by another.</summary>
    public TResult? Ask<T, TResult>(Func<T, TResult?>? callback, T about)
        where TResult : struct
    {
        try
        {
            return callback?.Invoke(about);
        }
        catch (Exception e)
        {
            Pipeline.Telemetry.CallbackFailed(e);
            return null;
        }
    }
}
