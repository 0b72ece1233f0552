namespace AutoMix;

/// <summary>How a pipeline learns while it runs.</summary>
public sealed class LearningOptions
{
    /// <summary>Whether it learns at all. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>The share of requests for which all models are called and verified on purpose, in [0, 1], once there is a plan. Default: 0.05.</summary>
    public double Exploration { get; set; } = 0.05;

    /// <summary>The same until there are <see cref="MinimumLabels"/> labels, at the beginning and after a drift. Default: 0.5.</summary>
    public double FirstExploration { get; set; } = 0.5;

    /// <summary>The most dollars that exploring may cost in any 24 hours, per process; null for no limit. Default: 1 dollar.</summary>
    public decimal? ExplorationDollarsPerDay { get; set; } = 1;

    /// <summary>The least number of labelled requests from which a plan is made, 10 or more. Default: 50.</summary>
    public int MinimumLabels { get; set; } = 50;

    /// <summary>How sure it must be that a new plan is better than the one at hand, in [0.5, 1). Default: 0.9.</summary>
    public double Confidence { get; set; } = 0.9;

    /// <summary>The time after which a label weighs half as much as a new one, an hour or more. Default: 30 days.</summary>
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The least time between two passes in the background. Default: 30 seconds.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most answered requests that are remembered until their outcomes are reported; the oldest is forgotten first. Default: 10,000.</summary>
    public int PendingCapacity { get; set; } = 10_000;

    /// <summary>How long an answered request is remembered. Default: 24 hours.</summary>
    public TimeSpan PendingFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long an explored request waits for a label before the largest model's answer is taken for the truth; null for never.
    /// Default: null. For tasks with one right answer only.
    /// </summary>
    public TimeSpan? ImplicitAfter { get; set; }

    /// <summary>The largest share of all labels that one source may give, in (0, 1]; twice what falls to each where sources are few. Default: 0.1.</summary>
    public double MostShareOfSource { get; set; } = 0.1;

    /// <summary>The share of sources whose labels are left out of a pass at each end, because they lie furthest from the others', in [0, 0.5). Default: 0.1.</summary>
    public double Trim { get; set; } = 0.1;

    /// <summary>The folder in which evidence and plans are kept when the process ends, shared by the processes of a machine; null for memory. Default: null.</summary>
    public string? Folder { get; set; }

    /// <summary>
    /// Names the evidence, the plan and the lease in shared stores; pipelines of other models take another name. Evidence also
    /// carries a hash of the models' names: what was learned of a model says nothing of the one that it is exchanged for. Default: automix.
    /// </summary>
    public string Name { get; set; } = "automix";

    internal LearningOptions Copy() => (LearningOptions)MemberwiseClone();

    /// <exception cref="AutoMixConfigurationException">Names the setting and what to do.</exception>
    internal void Check()
    {
        Demand(Exploration is >= 0 and <= 1, nameof(Exploration), "a number in [0, 1]");
        Demand(FirstExploration is >= 0 and <= 1, nameof(FirstExploration), "a number in [0, 1]");
        Demand(ExplorationDollarsPerDay is null or >= 0, nameof(ExplorationDollarsPerDay), "0 or more, or null for no limit");
        Demand(MinimumLabels >= 10, nameof(MinimumLabels), "10 or more");
        Demand(Confidence is >= 0.5 and < 1, nameof(Confidence), "a number in [0.5, 1)");
        Demand(HalfLife >= TimeSpan.FromHours(1), nameof(HalfLife), "an hour or more");
        Demand(Interval >= TimeSpan.Zero, nameof(Interval), "0 or more");
        Demand(PendingCapacity >= 1, nameof(PendingCapacity), "1 or more");
        Demand(PendingFor > TimeSpan.Zero, nameof(PendingFor), "more than 0");
        Demand(ImplicitAfter is null || (ImplicitAfter >= TimeSpan.Zero && ImplicitAfter <= PendingFor), nameof(ImplicitAfter), "between 0 and PendingFor, or null for never");
        Demand(MostShareOfSource is > 0 and <= 1, nameof(MostShareOfSource), "a number in (0, 1]");
        Demand(Trim is >= 0 and < 0.5, nameof(Trim), "a number in [0, 0.5)");
        Demand(!string.IsNullOrEmpty(Name), nameof(Name), "a name");
    }

    private static void Demand(bool holds, string setting, string range)
    {
        if (!holds)
        {
            throw new AutoMixConfigurationException($"Learning.{setting} must be {range}.");
        }
    }
}
