namespace AutoMix.Statistics;

/// <summary>Confidences no longer look like those of before.</summary>
/// <param name="signal">The signal whose confidences they are.</param>
/// <param name="test">The test that says so.</param>
/// <param name="meanBefore">Mean confidence in the reference window.</param>
/// <param name="meanNow">Mean confidence in the window that differs.</param>
public sealed class ConfidenceDriftEventArgs(string signal, TwoSampleTest test, double meanBefore, double meanNow) : EventArgs
{
    /// <summary>The signal whose confidences they are, such as a verifier's and a model's name.</summary>
    public string Signal { get; } = signal;

    /// <summary>The test that says so.</summary>
    public TwoSampleTest Test { get; } = test;

    /// <summary>Mean confidence in the reference window.</summary>
    public double MeanBefore { get; } = meanBefore;

    /// <summary>Mean confidence in the window that differs.</summary>
    public double MeanNow { get; } = meanNow;
}
