namespace AutoMix.Learning;

/// <summary>
/// Watches whether a model is as good as it is believed to be: a two-sided cumulative sum (CUSUM; Page, 1954) of what labels say
/// beyond the belief about the same request, in standard deviations.
/// </summary>
/// <remarks>
/// Comparing with the belief about the very request, rather than with a mean, makes the watch blind to which requests happen to be
/// labelled. With an allowance of .25 and a threshold of 15 a stream that does not change is reported about once in 10,000
/// labels (Siegmund's approximation), and a loss of .2 in accuracy (.4 deviations) after about 100. Safe for concurrent use.
/// </remarks>
internal sealed class QualityDrift
{
    private const double LeastProbability = 0.05;
    private readonly Lock _gate = new();
    private readonly double _allowance;
    private readonly double _threshold;
    private readonly Side _better = new();
    private readonly Side _worse = new();

    /// <param name="allowance">How many standard deviations per label are overlooked; 0 or more.</param>
    /// <param name="threshold">The sum beyond the allowance that is a drift; more than 0.</param>
    public QualityDrift(double allowance = 0.25, double threshold = 15)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(allowance);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(threshold, 0);
        _allowance = allowance;
        _threshold = threshold;
    }

    /// <summary>Takes note of one label.</summary>
    /// <param name="quality">The label, in [0, 1].</param>
    /// <param name="believed">The probability that the answer is good, as believed from all that was observed before the label.</param>
    /// <returns>How many of the last labels lie behind the change; 0 where there is no drift. Then the watch begins anew.</returns>
    public int Observe(double quality, double believed)
    {
        double p = Math.Clamp(believed, LeastProbability, 1 - LeastProbability);
        double surprise = (quality - p) / Math.Sqrt(p * (1 - p));
        lock (_gate)
        {
            _better.Add(surprise - _allowance);
            _worse.Add(-surprise - _allowance);
            int since = _better.Sum > _threshold ? _better.Labels : _worse.Sum > _threshold ? _worse.Labels : 0;
            if (since > 0)
            {
                Restart();
            }

            return since;
        }
    }

    /// <summary>Begins anew, as after a new plan with other beliefs.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Restart();
        }
    }

    private void Restart()
    {
        _better.Clear();
        _worse.Clear();
    }

    private sealed class Side
    {
        public double Sum { get; private set; }

        public int Labels { get; private set; }

        public void Add(double step)
        {
            Sum += step;
            Labels++;
            if (Sum <= 0)
            {
                Clear();
            }
        }

        public void Clear() => (Sum, Labels) = (0, 0);
    }
}
