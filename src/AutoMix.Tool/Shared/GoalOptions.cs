using System.CommandLine;

namespace AutoMix.Tool;

/// <summary>The user's goal on the command line; exactly one of three, .99 of the best model's quality where none is given.</summary>
internal sealed class GoalOptions
{
    private const double DefaultShare = 0.99;
    private readonly Option<double?> _keep = new("--keep") { Description = "Keep this share of the best model's quality at least cost, in (0, 1]. Default 0.99." };
    private readonly Option<double?> _budget = new("--budget-per-1k") { Description = "Spend at most so many dollars per thousand requests." };
    private readonly Option<double?> _error = new("--error-cost") { Description = "What one wrong answer costs, in dollars." };

    public void AddTo(Command command)
    {
        command.Options.Add(_keep);
        command.Options.Add(_budget);
        command.Options.Add(_error);
        command.Validators.Add(result =>
        {
            int given = new[] { result.GetValue(_keep), result.GetValue(_budget), result.GetValue(_error) }.Count(value => value is not null);
            if (given > 1)
            {
                result.AddError("Give one goal: --keep, --budget-per-1k or --error-cost.");
            }
        });
    }

    public Goal Read(ParseResult result) =>
        result.GetValue(_budget) is { } budget ? Goal.SpendAtMost(budget)
        : result.GetValue(_error) is { } error ? Goal.ErrorCosts(error)
        : Goal.KeepQuality(result.GetValue(_keep) ?? DefaultShare);
}
