using AutoMix.Pomdps;
using AutoMix.Samples.PomdpSolver;
using ScottPlot;

namespace AutoMix.Benchmarks.Beliefs;

/// <summary>SARSOP's bounds over processor seconds on standard problems, as plots, with the reference's figures beside them.</summary>
internal static class BoundsStudy
{
    private static readonly double[] At = [0.5, 1, 5, 10];

    // APPL SARSOP in C++ (g++ -O3) on a machine of the same kind: lower and upper bound after 0.5, 1, 5 and 10 s; docs/benchmarks.md has the table.
    private static readonly (string Problem, double[] Lower, double[] Upper)[] Reference =
    [
        ("Hallway", [0.865, 0.934, 0.969, 0.983], [1.225, 1.222, 1.220, 1.211]),
        ("Hallway2", [0.203, 0.216, 0.258, 0.310], [0.952, 0.944, 0.930, 0.920]),
        ("TagAvoid", [-6.530, -6.372, -6.319, -6.263], [-0.76, -1.00, -1.46, -1.65]),
        ("RockSample_5_5", [19.237, 19.237, 19.237, 19.237], [21.47, 21.30, 20.87, 20.70]),
    ];

    public static void Run(string problems, string plots, TextWriter output)
    {
        Directory.CreateDirectory(plots);
        foreach ((string problem, double[] lower, double[] upper) in Reference)
        {
            string? file = Directory.EnumerateFiles(problems, problem + ".*", SearchOption.AllDirectories).FirstOrDefault();
            if (file is null)
            {
                output.WriteLine($"{problem}: no such file in {problems}");
                continue;
            }

            PomdpSolution solution = new SarsopSolver().Solve(PomdpReader.Read(file), new SolverOptions { TimeLimit = TimeSpan.FromSeconds(10), TimeProvider = new ProcessorClock() });
            output.WriteLine($"{problem}: {solution.Lower:0.000} / {solution.Upper:0.000} after {solution.Elapsed.TotalSeconds:0.0} s");
            Save(problem, solution.History, lower, upper, Path.Combine(plots, $"{problem}.svg"));
        }
    }

    private static void Save(string problem, IReadOnlyList<SolverProgress> history, double[] lower, double[] upper, string path)
    {
        using var plot = new Plot();
        SolverProgress[] shown = [.. history.Where(point => point.Elapsed.TotalSeconds >= 0.05)];
        double[] seconds = [.. shown.Select(point => point.Elapsed.TotalSeconds)];
        Add(plot, seconds, [.. shown.Select(point => point.Lower)], "AutoMix, lower", Colors.C0);
        Add(plot, seconds, [.. shown.Select(point => point.Upper)], "AutoMix, upper", Colors.C1);
        AddMarks(plot, lower, "reference, lower", Colors.C0);
        AddMarks(plot, upper, "reference, upper", Colors.C1);
        plot.Title(problem);
        plot.XLabel("processor seconds");
        plot.YLabel("value of the start belief");
        plot.Axes.SetLimitsX(0, 10.5);
        plot.ShowLegend(Alignment.MiddleRight);
        plot.SaveSvg(path, 640, 360);
    }

    private static void Add(Plot plot, double[] x, double[] y, string text, Color color)
    {
        var line = plot.Add.ScatterLine(x, y);
        line.LegendText = text;
        line.Color = color;
        line.LineWidth = 2;
    }

    private static void AddMarks(Plot plot, double[] values, string text, Color color)
    {
        var marks = plot.Add.ScatterPoints(At, values);
        marks.LegendText = text;
        marks.Color = color;
        marks.MarkerSize = 8;
        marks.MarkerShape = MarkerShape.OpenCircle;
    }
}
