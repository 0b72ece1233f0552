using System.Globalization;
using System.Text.Json;
using AutoMix.Pomdps;

namespace AutoMix.Samples.PomdpSolver;

internal static class SolveCommand
{
    public static int Run(string file, string[] options)
    {
        SolverOptions limits = new() { TimeLimit = TimeSpan.FromSeconds(10) };
        IPomdpSolver solver = new SarsopSolver();
        bool json = false, history = false;
        int simulate = 0;
        int? horizon = null;
        string? policyFile = null;
        for (int i = 0; i < options.Length; i++)
        {
            switch (options[i])
            {
                case "--json": json = true; break;
                case "--history": history = true; break;
                case "--cpu": limits = limits with { TimeProvider = new ProcessorClock() }; break;
                case "--seconds": limits = limits with { TimeLimit = TimeSpan.FromSeconds(Number(options, ref i)) }; break;
                case "--precision": limits = limits with { Precision = Number(options, ref i) }; break;
                case "--horizon": horizon = (int)Number(options, ref i); break;
                case "--simulate": simulate = (int)Number(options, ref i); break;
                case "--policy": policyFile = Text(options, ref i); break;
                case "--solver": solver = Solver(Text(options, ref i)); break;
                default: throw new ArgumentException($"There is no option '{options[i]}'.");
            }
        }

        Pomdp model = PomdpReader.Read(file);
        model = horizon is int steps ? model.WithHorizon(steps) : model;
        model = model.Horizon is not null && solver is not IncrementalPruningSolver ? FiniteHorizon.Unroll(model) : model;
        PomdpSolution solution = solver.Solve(model, limits);
        if (policyFile is not null && solution.Policy is AlphaVectorPolicy vectors)
        {
            PolicyXml.Write(policyFile, vectors);
        }

        SimulationResult? simulated = simulate > 0 ? new PomdpSimulator(model).Run(solution.Policy, simulate, limits.Seed) : null;
        if (json)
        {
            Console.WriteLine(Json(model, solution, simulated, history));
        }
        else
        {
            Print(file, model, solver, solution, simulated, history);
        }

        return 0;
    }

    private static IPomdpSolver Solver(string name) => name switch
    {
        "sarsop" => new SarsopSolver(),
        "perseus" => new PerseusSolver(),
        "pbvi" => new PointBasedSolver(),
        "qmdp" => new QmdpSolver(),
        "fib" => new FastInformedBoundSolver(),
        "exact" => new IncrementalPruningSolver(),
        _ => throw new ArgumentException($"There is no solver '{name}'."),
    };

    private static string Json(Pomdp model, PomdpSolution solution, SimulationResult? simulated, bool history)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("states", model.StateCount);
            writer.WriteNumber("actions", model.ActionCount);
            writer.WriteNumber("observations", model.ObservationCount);
            WriteBound(writer, "lower", solution.Lower);
            WriteBound(writer, "upper", solution.Upper);
            writer.WriteNumber("alphaVectors", solution.AlphaVectorCount);
            writer.WriteNumber("seconds", Math.Round(solution.Elapsed.TotalSeconds, 6));
            if (simulated is not null)
            {
                writer.WriteNumber("simulatedMean", simulated.Mean);
                writer.WriteNumber("standardError", simulated.StandardError);
            }

            if (history)
            {
                writer.WriteStartArray("history");
                foreach (SolverProgress p in solution.History)
                {
                    writer.WriteStartArray();
                    writer.WriteNumberValue(Math.Round(p.Elapsed.TotalSeconds, 4));
                    writer.WriteNumberValue(p.Lower);
                    writer.WriteNumberValue(p.Upper);
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    // JSON has no infinity: a bound that a method does not give is null.
    private static void WriteBound(Utf8JsonWriter writer, string name, double bound)
    {
        if (double.IsFinite(bound))
        {
            writer.WriteNumber(name, bound);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void Print(string file, Pomdp model, IPomdpSolver solver, PomdpSolution solution, SimulationResult? simulated, bool history)
    {
        Write($"{Path.GetFileName(file)}: {model.StateCount} states, {model.ActionCount} actions, {model.ObservationCount} observations, discount {model.Discount}");
        if (history)
        {
            foreach (SolverProgress p in solution.History)
            {
                Write($"{p.Elapsed.TotalSeconds,9:F3} s   {p.Lower,12:F4} .. {p.Upper,12:F4}   {p.AlphaVectors} vectors, {p.Beliefs} beliefs");
            }
        }

        Write($"{solver.Name}: value of the start belief {solution.Lower:F4} .. {solution.Upper:F4} after {solution.Elapsed.TotalSeconds:F3} s{(solution.IsConverged ? " (converged)" : string.Empty)}, {solution.AlphaVectorCount} alpha vectors");
        if (simulated is not null)
        {
            Write($"simulated: {simulated.Mean:F4} +- {simulated.StandardError:F4} over {simulated.Runs} runs");
        }
    }

    private static void Write(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static double Number(string[] options, ref int i) =>
        double.TryParse(Text(options, ref i), CultureInfo.InvariantCulture, out double number) && number >= 0
            ? number
            : throw new ArgumentException($"{options[i - 1]} needs a number, not '{options[i]}'.");

    private static string Text(string[] options, ref int i) =>
        ++i < options.Length ? options[i] : throw new ArgumentException($"{options[i - 1]} needs a value.");
}
