namespace AutoMix.Statistics;

/// <summary>
/// Watches one stream of confidences: the first window is the reference; each later window that differs from it by a
/// two-sample test raises <see cref="Detected"/> and becomes the reference.
/// </summary>
/// <remarks>
/// Windows do not overlap, so that each confidence is tested once. Safe for concurrent use; the event is raised outside the
/// lock, on the thread that observed the window's last confidence.
/// </remarks>
internal sealed class ConfidenceDrift
{
    private readonly Lock _gate = new();
    private readonly double _significance;
    private readonly double[] _window;
    private double[]? _reference;
    private int _filled;

    /// <summary>Watches a stream.</summary>
    /// <param name="signal">The signal's name in the event.</param>
    /// <param name="window">Confidences per window; 20 or more.</param>
    /// <param name="significance">The p-value below which two windows differ, in (0, 1): how often a stream that does not change raises a false alarm per window.</param>
    /// <param name="reference">The confidences to compare with, such as those of the training traces; the stream's first window where empty.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window or the significance is out of its range.</exception>
    public ConfidenceDrift(string signal, int window = 200, double significance = 0.001, IEnumerable<double>? reference = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(signal);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 20);
        if (!(significance > 0 && significance < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(significance), significance, "The significance is a number between 0 and 1.");
        }

        Signal = signal;
        _significance = significance;
        _window = new double[window];
        _reference = reference is null ? null : [.. reference.Where(double.IsFinite)];
        _reference = _reference is { Length: 0 } ? null : _reference;
    }

    /// <summary>A window differs from the reference.</summary>
    public event EventHandler<ConfidenceDriftEventArgs>? Detected;

    /// <summary>The signal's name.</summary>
    public string Signal { get; }

    /// <summary>The last test that was made; null before the first.</summary>
    public TwoSampleTest? LastTest { get; private set; }

    /// <summary>Takes note of one confidence. NaN (unknown) is left out.</summary>
    /// <param name="confidence">In [0, 1].</param>
    /// <returns>Whether this confidence completed a window that differs.</returns>
    public bool Observe(double confidence)
    {
        if (double.IsNaN(confidence))
        {
            return false;
        }

        ConfidenceDriftEventArgs? drift = null;
        lock (_gate)
        {
            _window[_filled++] = confidence;
            if (_filled == _window.Length)
            {
                _filled = 0;
                drift = CloseWindow();
            }
        }

        if (drift is not null)
        {
            Detected?.Invoke(this, drift);
        }

        return drift is not null;
    }

    private ConfidenceDriftEventArgs? CloseWindow()
    {
        if (_reference is null)
        {
            _reference = [.. _window];
            return null;
        }

        TwoSampleTest test = TwoSampleTest.KolmogorovSmirnov(_reference, _window);
        LastTest = test;
        if (test.PValue >= _significance)
        {
            return null;
        }

        var drift = new ConfidenceDriftEventArgs(Signal, test, _reference.Average(), _window.Average());
        _reference = [.. _window];
        return drift;
    }
}
