using AutoMix.Statistics;

namespace AutoMix.Learning;

/// <summary>Watches what a plan rests on: how good the models are, what the verifications say, what tokens cost.</summary>
/// <remarks>Safe for concurrent use. Events are raised on the thread that observed what gave them away.</remarks>
internal sealed class DriftWatch
{
    private const int ConfidenceWindow = 200;
    internal const int PriceWindow = 40;

    // Prices change by steps; the mix of input and output tokens moves the mean by less.
    private const double LeastPriceChange = 0.2;
    private readonly IReadOnlyList<string> _models;
    private readonly QualityDrift[] _quality;
    private readonly ConfidenceDrift[] _confidence;
    private readonly ConfidenceDrift[] _price;

    /// <param name="models">The models' names.</param>
    public DriftWatch(IReadOnlyList<string> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        _models = models;
        _quality = [.. models.Select(_ => new QualityDrift())];
        _confidence = [.. models.Select(model => new ConfidenceDrift(model, ConfidenceWindow))];
        _price = [.. models.Select(model => new ConfidenceDrift(model, PriceWindow))];
        for (int m = 0; m < models.Count; m++)
        {
            string model = models[m];
            _confidence[m].Detected += (_, drift) => Report(DriftKind.Verifier, model, drift.MeanBefore, drift.MeanNow);
        }
    }

    /// <summary>Something has changed.</summary>
    public event EventHandler<DriftEventArgs>? Detected;

    /// <summary>Takes note of a label.</summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="quality">The label, in [0, 1].</param>
    /// <param name="believed">The probability that the answer is good, as the plan believed before the label.</param>
    /// <returns>How many of the model's last labels lie behind a change; 0 where there is none.</returns>
    public int Label(int model, double quality, double believed)
    {
        int since = _quality[model].Observe(quality, believed);
        if (since > 0)
        {
            Report(DriftKind.Model, _models[model], believed, quality);
        }

        return since;
    }

    /// <summary>Takes note of a confidence. Give only those of requests that were not chosen by what came before.</summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="confidence">In [0, 1].</param>
    /// <returns>Whether it completed a window that differs.</returns>
    public bool Confidence(int model, double confidence) => _confidence[model].Observe(confidence);

    /// <summary>Takes note of what a model's tokens cost.</summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="dollarsPerToken">The dollars of an answer over its tokens.</param>
    /// <returns>Whether it completed a window that differs by a fifth at least.</returns>
    public bool Price(int model, double dollarsPerToken)
    {
        DriftEventArgs? changed = null;
        void Note(object? sender, ConfidenceDriftEventArgs drift) => changed = new(DriftKind.Price, _models[model], drift.MeanBefore, drift.MeanNow);
        lock (_price[model])
        {
            _price[model].Detected += Note;
            _price[model].Observe(dollarsPerToken);
            _price[model].Detected -= Note;
        }

        if (changed is null || Math.Abs(changed.Now - changed.Before) < LeastPriceChange * changed.Before)
        {
            return false;
        }

        Detected?.Invoke(this, changed);
        return true;
    }

    /// <summary>Begins to compare labels anew, as after a new plan with other beliefs.</summary>
    public void Reset()
    {
        foreach (QualityDrift quality in _quality)
        {
            quality.Reset();
        }
    }

    private void Report(DriftKind kind, string model, double before, double now) => Detected?.Invoke(this, new(kind, model, before, now));
}
