using System.Globalization;
using AutoMix.Pomdps;

namespace AutoMix.Samples.PomdpSolver;

internal static class Demos
{
    public static int Tiger()
    {
        Pomdp tiger = new PomdpBuilder(["left", "right"], ["listen", "open-left", "open-right"], ["hear-left", "hear-right"], discount: 0.95)
            .Stay(0).Uniform(1).Uniform(2)
            .ObservationRow(0, 0, [0.85, 0.15]).ObservationRow(0, 1, [0.15, 0.85]).UniformObservation(1).UniformObservation(2)
            .Reward(0, PomdpBuilder.Any, -1)
            .Reward(1, 0, -100).Reward(1, 1, 10)
            .Reward(2, 0, 10).Reward(2, 1, -100)
            .Build();

        PomdpSolution solution = new SarsopSolver().Solve(tiger);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"value of the start belief: {solution.Lower:F4} .. {solution.Upper:F4}"));
        Console.WriteLine("value and best action by belief that the tiger is on the left:");
        for (double p = 0; p <= 1.0001; p += 0.05)
        {
            double[] belief = [p, 1 - p];
            double value = solution.Policy.Value(belief);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{p,5:F2} {new string('#', (int)value * 2)} {value:F2} {tiger.Actions[solution.Policy.Action(belief)]}"));
        }

        return 0;
    }

    public static int RockSample()
    {
        (int X, int Y)[] rocks = [(3, 1), (2, 1), (1, 3), (1, 0)];
        Pomdp model = RockSampleModel.Build(size: 4, rocks, start: (0, 2));

        PomdpSolution solution = new SarsopSolver().Solve(model, new SolverOptions { TimeLimit = TimeSpan.FromSeconds(5) });
        SimulationResult run = new PomdpSimulator(model).Run(solution.Policy, runs: 2000, seed: 1);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"value of the start belief: {solution.Lower:F4} .. {solution.Upper:F4} after {solution.Elapsed.TotalSeconds:F2} s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"simulated: {run.Mean:F3} +- {run.StandardError:F3}"));
        Console.WriteLine("bounds over time (. lower, ' upper):");
        foreach (SolverProgress p in solution.History.Where((_, i) => i % 3 == 0))
        {
            char[] line = new string(' ', 60).ToCharArray();
            line[Math.Clamp((int)(p.Lower * 2), 0, 59)] = '.';
            line[Math.Clamp((int)(p.Upper * 2), 0, 59)] = '\'';
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{p.Elapsed.TotalSeconds,7:F3} s |{new string(line)}|"));
        }

        return 0;
    }
}
