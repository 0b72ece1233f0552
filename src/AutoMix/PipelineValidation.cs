using Microsoft.Extensions.Options;

namespace AutoMix;

/// <summary>Finds what is missing or contradictory in a configuration, before the first request does.</summary>
internal static class PipelineValidation
{
    // What a timer can take is 2^32 - 2 milliseconds.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(49);

    /// <exception cref="AutoMixConfigurationException">Names the setting and what to do.</exception>
    public static void Check(ModelProfile[] models, AutoMixOptions options, Goal? goal, bool isBudgeted)
    {
        if (models.Length is 0 or > CascadeHistory.MaxModels)
        {
            throw new AutoMixConfigurationException($"The pipeline has {models.Length} models; it needs 1 to {CascadeHistory.MaxModels}. Add them with AddModel, cheapest first.");
        }

        foreach (ModelProfile model in models)
        {
            if (models.Count(m => string.Equals(m.Name, model.Name, StringComparison.Ordinal)) > 1)
            {
                throw new AutoMixConfigurationException($"Two models are called '{model.Name}'. Give each its own name: FirstModel(...) for the inner client, the first argument of AddModel for the others.");
            }

            Require(model.ContextWindow is null or > 0, $"the context window of '{model.Name}'", model.ContextWindow, "a positive number of tokens");
            Require(model.DefaultMaxOutputTokens > 0, $"DefaultMaxOutputTokens of '{model.Name}'", model.DefaultMaxOutputTokens, "a positive number of tokens");
            Require(model.Modalities.HasFlag(Modalities.Text), $"the modalities of '{model.Name}'", model.Modalities, "a set that includes Text");
            RequireTime(model.AttemptTimeout, $"AttemptTimeout of '{model.Name}'");
            if (model.Price is null && (options.MaxCostPerRequest is not null || isBudgeted))
            {
                throw new AutoMixConfigurationException(
                    $"The model '{model.Name}' has no price, so {(isBudgeted ? "the budget" : "MaxCostPerRequest")} cannot be kept. "
                    + "Give it one with ModelPrice.PerMillionTokens(input, output), ModelPrice.Free for a model of your own, or remove the limit.");
            }
        }

        int goals = (goal is null ? 0 : 1) + (options.KeepQuality is null ? 0 : 1) + (options.SpendAtMost is null ? 0 : 1) + (options.ErrorCosts is null ? 0 : 1);
        Require(goals <= 1, "the number of goals", goals, "at most one of KeepQuality, SpendAtMost and ErrorCosts, in the options or in UseGoal");
        RequireRanges(new AutoMixOptionsValidator().Validate("", options));
        RequireTime(options.AttemptTimeout, nameof(options.AttemptTimeout));
        RequireTime(options.Deadline, nameof(options.Deadline));
        Require(options.LimitCost || options.MaxCostPerRequest is null, nameof(options.MaxCostPerRequest), options.MaxCostPerRequest, "null where LimitCost is false");
        LearningOptions learning = options.Learning;
        Require(
            learning.ImplicitAfter is null || (learning.ImplicitAfter >= TimeSpan.Zero && learning.ImplicitAfter <= learning.PendingFor),
            "Learning.ImplicitAfter",
            learning.ImplicitAfter,
            "between 0 and PendingFor, or null for never");

        foreach ((string tool, string model) in options.ToolMinimumModels)
        {
            RequireModel(models, model, $"the tool '{tool}' demands");
        }

        foreach (string model in options.Models.Keys)
        {
            RequireModel(models, model, "the section Models describes");
        }
    }

    /// <exception cref="AutoMixConfigurationException">Two verifiers have one name, or a verifier asks a model that is not there.</exception>
    public static void Check(ModelProfile[] models, IReadOnlyList<IVerifier> verifiers)
    {
        if (verifiers.GroupBy(v => v.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new AutoMixConfigurationException($"Two verifiers are called '{twice.Key}'. Give one another name, as with verifier.Named(\"{twice.Key}-2\"), so that verdicts can be told apart.");
        }

        foreach (IVerifier verifier in verifiers)
        {
            foreach (string model in verifier.AskedModels)
            {
                RequireModel(models, model, $"the verifier '{verifier.Name}' asks");
            }
        }
    }

    private static void RequireTime(TimeSpan? time, string setting) =>
        Require(
            time is null || time == Timeout.InfiniteTimeSpan || (time > TimeSpan.Zero && time <= LongestTime),
            setting,
            time,
            $"a time above 0 and of at most {LongestTime.Days} days, or null or Timeout.InfiniteTimeSpan for no limit");

    private static void RequireRanges(ValidateOptionsResult ranges)
    {
        if (ranges.Failed)
        {
            // The builder of results puts the bare name of the member in front of the message.
            throw new AutoMixConfigurationException(string.Join(" ", ranges.Failures.Select(f => f.Split(": ", 2)[^1])));
        }
    }

    private static void Require(bool holds, string setting, object? value, string expected)
    {
        if (!holds)
        {
            throw new AutoMixConfigurationException(FormattableString.Invariant($"{setting} is {value}; it must be {expected}."));
        }
    }

    private static void RequireModel(ModelProfile[] models, string name, string what)
    {
        if (!Array.Exists(models, m => string.Equals(m.Name, name, StringComparison.Ordinal)))
        {
            throw new AutoMixConfigurationException($"No model is called '{name}', which {what}. The models are: {string.Join(", ", models.Select(m => m.Name))}.");
        }
    }
}
