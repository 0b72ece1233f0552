using Spectre.Console;

namespace AutoMix.Quickstart;

/// <summary>The Quickstart as a newcomer runs it, with the output redirected.</summary>
public sealed class SimulatedRunTests
{
    [Fact]
    public async Task RunAsync_OutputRedirected_PrintsPathsThenQualityAndCostAgainstAlwaysLarge()
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });

        await new SimulatedRun(SimulatedRun.DefaultRequests).RunAsync(console, CancellationToken.None);

        string text = output.ToString();
        text.Should().StartWith("Simulated models").And.Contain("and 980 more requests");
        double quality = ShareOfLarge(text, "Quality:");
        double cost = ShareOfLarge(text, "Cost:");

        // What the plan was learned for, less the noise of a thousand requests; and what that saves.
        quality.Should().BeGreaterThan(97);
        cost.Should().BeLessThan(80);
    }

    private static double ShareOfLarge(string text, string start)
    {
        string line = text.Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf(": ", StringComparison.Ordinal) + 2)..line.IndexOf(" % of always-large", StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
    }
}
