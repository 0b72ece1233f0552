using System.Globalization;
using Spectre.Console;

namespace AutoMix.Quickstart;

/// <summary>Quality and cost of what was answered, against always asking the largest model.</summary>
internal sealed class Summary(IReadOnlyList<string> models)
{
    private const decimal Million = 1_000_000m;
    private readonly int[] _answered = new int[models.Count];
    private int _requests;
    private int _correct;
    private int _correctOfLarge;
    private decimal? _cost = 0;
    private decimal? _costOfLarge = 0;

    /// <summary>Counts one request; costs are null where a price is unknown.</summary>
    public void Add(string? model, bool isCorrect, decimal? cost, bool largeIsCorrect, decimal? costOfLarge)
    {
        _requests++;
        _correct += isCorrect ? 1 : 0;
        _correctOfLarge += largeIsCorrect ? 1 : 0;
        _cost += cost;
        _costOfLarge += costOfLarge;
        for (int m = 0; m < models.Count; m++)
        {
            _answered[m] += models[m] == model ? 1 : 0;
        }
    }

    public void Show(IAnsiConsole console)
    {
        TextWriter output = console.Profile.Out.Writer;
        output.WriteLine();
        output.WriteLine("Answered by: " + string.Join(", ", models.Select((model, m) => $"{model} {Percent(_answered[m], _requests)}")));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Quality: {(double)_correct / _requests:0.000}, against {(double)_correctOfLarge / _requests:0.000} of always {models[^1]}: {Percent(_correct, _correctOfLarge)} of always-large"));
        output.WriteLine(_cost is decimal cost && _costOfLarge is decimal large && large > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Cost:    ${cost / _requests * Million:0.0} per million requests, verification included, against ${large / _requests * Million:0.0}: {Percent((double)cost, (double)large)} of always-large")
            : "Cost:    unknown; give --prices to see dollars, also against always-large");
    }

    private static string Percent(double part, double whole) =>
        whole > 0 ? string.Create(CultureInfo.InvariantCulture, $"{100 * part / whole:0.0} %") : "-";
}
