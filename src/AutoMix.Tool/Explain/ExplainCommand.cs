using System.CommandLine;
using System.Globalization;
using AutoMix.Policies;
using Spectre.Console;

namespace AutoMix.Tool.Explain;

/// <summary>automix explain: why one question went where it went.</summary>
internal static class ExplainCommand
{
    private const int LongestPrompt = 200;

    public static Command Create()
    {
        var plan = new Option<FileInfo>("--plan") { Description = "The plan.", Required = true };
        var traces = new Option<FileInfo>("--traces") { Description = "Traces that hold the question.", Required = true };
        var id = new Option<string>("--id") { Description = "The id of its record.", Required = true };
        Option<bool> json = CommandAction.Json();
        var command = new Command("explain", "Show the path of one question: what the policy believed, what each action was worth, what it did.\n\nExample: automix explain --plan plan.json --traces test.jsonl.gz --id triviaqa-test-17")
        {
            plan, traces, id, json,
        };
        command.SetReport(
            json,
            result =>
            {
                ICascadePolicy policy = PolicyFile.Load(result.GetValue(plan)!.FullName);
                return Explainer.Run(policy, TraceFiles.Table(result.GetValue(traces)!.FullName, policy), result.GetValue(id)!);
            },
            Print);
        return command;
    }

    private static void Print(Explanation explanation, IAnsiConsole console)
    {
        var tree = new Tree(SafeText.Text($"{explanation.Id}: {explanation.Prompt}", LongestPrompt));
        if (explanation.Coin is { } coin)
        {
            tree.AddNode(SafeText.Text($"the coin chose {coin}"));
        }

        foreach (Explanation.Step step in explanation.Steps)
        {
            TreeNode node = tree.AddNode($"[bold]{SafeText.Text(step.Action)}[/]");
            if (step.Belief is { } belief)
            {
                node.AddNode($"belief: {string.Join(", ", belief.Select(b => SafeText.Text($"{b.Key} {Figures.Share(b.Value)}")))}");
            }

            if (step.Values.Count > 0)
            {
                node.AddNode($"worth: {string.Join(", ", step.Values.OrderByDescending(v => v.Value).Select(v => SafeText.Text($"{v.Key} {v.Value.ToString("0.0000", CultureInfo.InvariantCulture)}")))}");
            }

            if (step.Observed is { } observed)
            {
                node.AddNode(SafeText.Text($"observed: {observed}"));
            }
        }

        tree.AddNode(SafeText.Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{(explanation.Answer is { } answer ? $"the answer of {answer}, quality {explanation.Quality:0.##}" : "no answer")}, {explanation.Dollars:0.########} dollars")));
        console.Write(tree);
    }
}
