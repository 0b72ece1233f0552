namespace AutoMix;

/// <summary>Controls how far a pipeline's policy is trusted, while it runs: shadow mode, canary share, kill switch.</summary>
/// <remarks>Safe for concurrent use. A change applies to requests that begin after it. One object may serve several pipelines.</remarks>
public sealed class RolloutControl
{
    private State _state;

    /// <summary>Creates a control.</summary>
    /// <param name="mode">Whether the policy answers, only decides, or is off.</param>
    /// <param name="share">The share of requests that the policy answers, in [0, 1].</param>
    public RolloutControl(RolloutMode mode = RolloutMode.Serve, double share = 1) => _state = Checked(mode, share);

    /// <summary>Whether the policy answers, only decides, or is off.</summary>
    public RolloutMode Mode => Volatile.Read(ref _state).Mode;

    /// <summary>The share of requests that the policy answers, in [0, 1].</summary>
    public double Share => Volatile.Read(ref _state).Share;

    /// <summary>Lets the policy answer a share of the requests, from the next request on.</summary>
    /// <param name="share">In [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in [0, 1].</exception>
    public void Serve(double share = 1) => Set(RolloutMode.Serve, share);

    /// <summary>Lets the policy decide without answering, from the next request on: the largest model's answer is returned.</summary>
    public void Shadow() => Set(RolloutMode.Shadow, Share);

    /// <summary>Switches the policy off: from the next request on only the largest model answers.</summary>
    public void Stop() => Set(RolloutMode.Off, Share);

    internal void Set(RolloutMode mode, double share)
    {
        while (true)
        {
            State before = Volatile.Read(ref _state);
            if (Interlocked.CompareExchange(ref _state, Checked(mode, share), before) == before)
            {
                return;
            }
        }
    }

    private static State Checked(RolloutMode mode, double share) =>
        !Enum.IsDefined(mode) ? throw new ArgumentOutOfRangeException(nameof(mode), mode, "The mode is Serve, Shadow or Off.")
        : share is >= 0 and <= 1 ? new(mode, share)
        : throw new ArgumentOutOfRangeException(nameof(share), share, "The share of requests that the policy answers is a number in [0, 1].");

    private sealed record State(RolloutMode Mode, double Share);
}
