using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AutoMix;

/// <summary>The settings of a pipeline that a configuration file can say. Every default is a safe one for the first day.</summary>
public sealed class AutoMixOptions : ExecutionOptions
{
    /// <summary>The cap on the cost of one request if <see cref="MaxCostPerRequest"/> is not set, in dollars.</summary>
    internal const decimal DefaultMaxCostPerRequest = 1;

    /// <summary>The file of a trained plan, or of any other trained policy; null for the uncalibrated policy.</summary>
    public string? Plan { get; set; }

    /// <summary>
    /// The goal of the plan: the share of the best single model's quality to keep at the least cost. At most one goal is set here.
    /// <see cref="AutoMixBuilder.UseGoal"/> replaces it. Without any, the plan keeps the goal that it was solved for.
    /// </summary>
    public double? KeepQuality { get; set; }

    /// <summary>The goal of the plan: as good as possible for so many dollars per thousand requests.</summary>
    public decimal? SpendAtMost { get; set; }

    /// <summary>The goal of the plan: the least sum of what is spent and what wrong answers cost.</summary>
    public decimal? ErrorCosts { get; set; }

    /// <summary>
    /// The name of the one verifier that a plan, or another policy over numbers, listens to; null for all of the kind, free or paid,
    /// that it was trained with.
    /// </summary>
    public string? ConfidenceFrom { get; set; }

    /// <summary>
    /// The confidence from which on the uncalibrated policy accepts an answer. Default: 0.75, six of eight votes. A plan has its
    /// own numbers.
    /// </summary>
    [InRange("a number in [0, 1]", Min = 0, Max = 1)]
    public double AcceptThreshold { get; set; } = 0.75;

    /// <summary>What the uncalibrated policy does with an answer whose verification said nothing usable. Default: escalate.</summary>
    public UnknownVerdictAction UnknownVerdict { get; set; }

    /// <summary>
    /// The most dollars one request may cost, verification included. Every model then needs a price. Default: null, which means 1 dollar
    /// if every model has a price, and no limit otherwise.
    /// </summary>
    [InRange("0 dollars or more, or null for the default", Min = 0)]
    public decimal? MaxCostPerRequest { get; set; }

    /// <summary>Whether the cost of one request is limited. Default: true.</summary>
    public bool LimitCost { get; set; } = true;

    /// <summary>
    /// Whether verifiers that make calls are asked. Default: true. If false, the free verifiers and checks alone decide what the policy
    /// hears of an answer.
    /// </summary>
    public bool PaidVerification { get; set; } = true;

    /// <summary>Whether and how the pipeline learns while it runs.</summary>
    [ValidateObjectMembers]
    public LearningOptions Learning { get; set; } = new();

    /// <summary>How far the policy is trusted with requests.</summary>
    public RolloutOptions Rollout { get; set; } = new();

    /// <summary>When a model that keeps failing is left alone.</summary>
    [Required(ErrorMessage = "Circuit is null. Set Circuit.Enabled to false if no circuit shall open."), ValidateObjectMembers]
    public CircuitOptions Circuit { get; set; } = new();

    /// <summary>
    /// Tools that only a model of at least this rank may call, by tool name. A call of such a tool by a model before it is
    /// rejected, and its answers never stream live while such a tool is offered.
    /// </summary>
    public IDictionary<string, string> ToolMinimumModels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Dollars over time, per tenant; empty for none.</summary>
    [ValidateEnumeratedItems]
    public IList<BudgetLimit> Budgets { get; } = [];

    /// <summary>
    /// The verdicts of one verifier about one model after which it is known whether it ever says anything else. Default: 20;
    /// 0 turns the detection off.
    /// </summary>
    [InRange("0 or more", Min = 0)]
    public int UninformativeAfter { get; set; } = 20;

    /// <summary>
    /// Whether a verifier that, by the outcomes reported to <see cref="VerifierOutcomes"/>, does not tell right answers from wrong
    /// ones is no longer paid for, under any policy, but for one verification in twenty. Default: true; without outcomes there is
    /// nothing to go by.
    /// </summary>
    public bool SkipUninformative { get; set; } = true;

    /// <summary>What is declared about models, by name: overrides what was said in code.</summary>
    public IDictionary<string, ModelOptions> Models { get; } = new Dictionary<string, ModelOptions>(StringComparer.Ordinal);

    /// <summary>A copy all the way down: what changes afterwards in either does not show in the other.</summary>
    internal AutoMixOptions Copy()
    {
        var copy = new AutoMixOptions
        {
            Plan = Plan,
            KeepQuality = KeepQuality,
            SpendAtMost = SpendAtMost,
            ErrorCosts = ErrorCosts,
            ConfidenceFrom = ConfidenceFrom,
            AcceptThreshold = AcceptThreshold,
            UnknownVerdict = UnknownVerdict,
            OnAbstain = OnAbstain,
            AttemptTimeout = AttemptTimeout == Timeout.InfiniteTimeSpan ? null : AttemptTimeout,
            Deadline = Deadline == Timeout.InfiniteTimeSpan ? null : Deadline,
            MaxCostPerRequest = MaxCostPerRequest,
            LimitCost = LimitCost,
            PaidVerification = PaidVerification,
            MaxAttempts = MaxAttempts,
            MaxVerifications = MaxVerifications,
            HedgeAfter = HedgeAfter,
            StickyToolLoop = StickyToolLoop,
            StreamDrafts = StreamDrafts,
            EnableSensitiveData = EnableSensitiveData,
            UninformativeAfter = UninformativeAfter,
            Rollout = Rollout?.Copy() ?? new(),
            SkipUninformative = SkipUninformative,
            Learning = Learning?.Copy() ?? new(),
            Circuit = Circuit is null ? null! : new()
            {
                Enabled = Circuit.Enabled,
                FailureRatio = Circuit.FailureRatio,
                MinimumThroughput = Circuit.MinimumThroughput,
                SamplingDuration = Circuit.SamplingDuration,
                BreakDuration = Circuit.BreakDuration,
            },
        };
        foreach ((FailureKind kind, FailureReaction reaction) in Failures)
        {
            copy.Failures[kind] = reaction;
        }

        foreach ((string tool, string model) in ToolMinimumModels)
        {
            copy.ToolMinimumModels[tool] = model;
        }

        foreach (BudgetLimit budget in Budgets)
        {
            copy.Budgets.Add(budget?.Copy()!);
        }

        foreach ((string name, ModelOptions model) in Models)
        {
            copy.Models[name] = model.Copy();
        }

        return copy;
    }
}
