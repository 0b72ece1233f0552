using System.ComponentModel.DataAnnotations;

namespace AutoMix;

/// <summary>The settings of a pipeline that learns while it runs.</summary>
public sealed class LearningOptions
{
    /// <summary>Whether the pipeline learns. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>The share of requests for which all models are called and verified on purpose, in [0, 1], once there is a plan. Default: 0.05.</summary>
    [InRange("a number in [0, 1]", Min = 0, Max = 1)]
    public double Exploration { get; set; } = 0.05;

    /// <summary>The same share until there are <see cref="MinimumLabels"/> labels, at the beginning and after a drift. Default: 0.5.</summary>
    [InRange("a number in [0, 1]", Min = 0, Max = 1)]
    public double FirstExploration { get; set; } = 0.5;

    /// <summary>The maximum cost of exploring in any 24 hours, in dollars, per process; null for no limit. Default: 1 dollar.</summary>
    [InRange("0 or more, or null for no limit", Min = 0)]
    public decimal? ExplorationDollarsPerDay { get; set; } = 1;

    /// <summary>The minimum number of labelled requests from which a plan is made, 10 or more. Default: 50.</summary>
    [InRange("10 or more", Min = 10)]
    public int MinimumLabels { get; set; } = 50;

    /// <summary>The probability with which a new plan must be better than the current one, in [0.5, 1). Default: 0.9.</summary>
    [InRange("a number in [0.5, 1)", Min = 0.5, Max = 1, IsMaxExcluded = true)]
    public double Confidence { get; set; } = 0.9;

    /// <summary>The time after which a label weighs half as much as a new one, an hour or more. Default: 30 days.</summary>
    [InRange("an hour or more", Min = 3600)]
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The minimum time between two passes in the background. Default: 30 seconds.</summary>
    [InRange("0 or more", Min = 0)]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum number of answered requests that are remembered until their outcomes are reported. The oldest is forgotten first. Default: 10,000.</summary>
    [InRange("1 or more", Min = 1)]
    public int PendingCapacity { get; set; } = 10_000;

    /// <summary>The time for which an answered request is remembered. Default: 24 hours.</summary>
    [InRange("a time above 0", Min = 0, IsMinExcluded = true)]
    public TimeSpan PendingFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// The time after which an explored request without a label is labelled by the largest model: its answer is assumed to be right. Null for
    /// never. Default: null. Suits only tasks with one right answer.
    /// </summary>
    public TimeSpan? ImplicitAfter { get; set; }

    /// <summary>The largest share of all labels that one source may give, in (0, 1]. If there are few sources, each may give twice its even share. Default: 0.1.</summary>
    [InRange("a number in (0, 1]", Min = 0, Max = 1, IsMinExcluded = true)]
    public double MostShareOfSource { get; set; } = 0.1;

    /// <summary>The share of sources that a pass leaves out at each end because their labels differ most from the others, in [0, 0.5). Default: 0.1.</summary>
    [InRange("a number in [0, 0.5)", Min = 0, Max = 0.5, IsMaxExcluded = true)]
    public double Trim { get; set; } = 0.1;

    /// <summary>The folder in which evidence and plans outlive the process. The processes of a machine may share it. Null keeps them in memory. Default: null.</summary>
    public string? Folder { get; set; }

    /// <summary>
    /// The name of the evidence, the plan and the lease in shared stores. Pipelines of other models need another name. Evidence also
    /// carries a hash of the models' names, so that a model that replaces another starts without evidence. Default: automix.
    /// </summary>
    [Required(ErrorMessage = "{0} must be a name.")]
    public string Name { get; set; } = "automix";

    internal LearningOptions Copy() => (LearningOptions)MemberwiseClone();
}
