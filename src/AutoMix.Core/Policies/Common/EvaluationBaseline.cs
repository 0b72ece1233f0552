namespace AutoMix.Policies;

/// <summary>A yardstick of reports that cannot be run: it needs facts that no request has.</summary>
public sealed class EvaluationBaseline
{
    internal EvaluationBaseline(string key, string description, string whyNotRun)
    {
        Key = key;
        Description = description;
        WhyNotRun = whyNotRun;
    }

    /// <summary>Its key in reports.</summary>
    public string Key { get; }

    /// <summary>The rule of the yardstick.</summary>
    public string Description { get; }

    /// <summary>Why it cannot be trained or run.</summary>
    public string WhyNotRun { get; }
}
