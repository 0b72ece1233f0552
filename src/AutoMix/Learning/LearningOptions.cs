using System.ComponentModel.DataAnnotations;

namespace AutoMix;

/// <summary>How a pipeline learns while it runs.</summary>
public sealed class LearningOptions
{
    /// <summary>Whether it learns at all. Default: false.</summary>
    public bool Enabled { get; set; }

    /// <summary>The share of requests for which all models are called and verified on purpose, in [0, 1], once there is a plan. Default: 0.05.</summary>
    [Range(0.0, 1.0, ErrorMessage = "{0} must be a number in [0, 1].")]
    public double Exploration { get; set; } = 0.05;

    /// <summary>The same until there are <see cref="MinimumLabels"/> labels, at the beginning and after a drift. Default: 0.5.</summary>
    [Range(0.0, 1.0, ErrorMessage = "{0} must be a number in [0, 1].")]
    public double FirstExploration { get; set; } = 0.5;

    /// <summary>The most dollars that exploring may cost in any 24 hours, per process; null for no limit. Default: 1 dollar.</summary>
    [Range(typeof(decimal), "0", "79228162514264337593543950335", ErrorMessage = "{0} must be 0 or more, or null for no limit.")]
    public decimal? ExplorationDollarsPerDay { get; set; } = 1;

    /// <summary>The least number of labelled requests from which a plan is made, 10 or more. Default: 50.</summary>
    [Range(10, int.MaxValue, ErrorMessage = "{0} must be 10 or more.")]
    public int MinimumLabels { get; set; } = 50;

    /// <summary>How sure it must be that a new plan is better than the one at hand, in [0.5, 1). Default: 0.9.</summary>
    [Range(0.5, 1.0, MaximumIsExclusive = true, ErrorMessage = "{0} must be a number in [0.5, 1).")]
    public double Confidence { get; set; } = 0.9;

    /// <summary>The time after which a label weighs half as much as a new one, an hour or more. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "10675199.00:00:00", ErrorMessage = "{0} must be an hour or more.")]
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The least time between two passes in the background. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "10675199.00:00:00", ErrorMessage = "{0} must be 0 or more.")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most answered requests that are remembered until their outcomes are reported; the oldest is forgotten first. Default: 10,000.</summary>
    [Range(1, int.MaxValue, ErrorMessage = "{0} must be 1 or more.")]
    public int PendingCapacity { get; set; } = 10_000;

    /// <summary>How long an answered request is remembered. Default: 24 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "10675199.00:00:00", MinimumIsExclusive = true, ErrorMessage = "{0} must be a time above 0.")]
    public TimeSpan PendingFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long an explored request waits for a label before the largest model's answer is taken for the truth; null for never.
    /// Default: null. For tasks with one right answer only.
    /// </summary>
    public TimeSpan? ImplicitAfter { get; set; }

    /// <summary>The largest share of all labels that one source may give, in (0, 1]; twice what falls to each where sources are few. Default: 0.1.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, ErrorMessage = "{0} must be a number in (0, 1].")]
    public double MostShareOfSource { get; set; } = 0.1;

    /// <summary>The share of sources whose labels are left out of a pass at each end, because they lie furthest from the others', in [0, 0.5). Default: 0.1.</summary>
    [Range(0.0, 0.5, MaximumIsExclusive = true, ErrorMessage = "{0} must be a number in [0, 0.5).")]
    public double Trim { get; set; } = 0.1;

    /// <summary>The folder in which evidence and plans are kept when the process ends, shared by the processes of a machine; null for memory. Default: null.</summary>
    public string? Folder { get; set; }

    /// <summary>
    /// Names the evidence, the plan and the lease in shared stores; pipelines of other models take another name. Evidence also
    /// carries a hash of the models' names: what was learned of a model says nothing of the one that it is exchanged for. Default: automix.
    /// </summary>
    [Required(ErrorMessage = "{0} must be a name.")]
    public string Name { get; set; } = "automix";

    internal LearningOptions Copy() => (LearningOptions)MemberwiseClone();
}
