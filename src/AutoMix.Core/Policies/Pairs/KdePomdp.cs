using AutoMix.Statistics;
using MathNet.Numerics;

namespace AutoMix.Policies;

/// <summary>Estimates and solves the POMDP of <see cref="KdePomdpPolicy"/>: exact backward induction over histories, for all objectives at once.</summary>
internal sealed class KdePomdp
{
    /// <summary>Models up to which the table stays small.</summary>
    public const int MostModels = 8;

    private const int MostHistories = 60_000;
    private const int MostBins = 8;

    // Queries' worth of weight with which a state's density is pulled to that of all states with the same correctness of the
    // model: many states were seen a few times only.
    private const double PriorWeight = 8;
    private readonly int _models;
    private readonly double[][] _edges;
    private readonly int[] _place;
    private readonly bool[,] _good;
    private readonly double[] _prior;
    private readonly double[][,] _likelihood;
    private readonly CascadeCost[] _answer;
    private readonly CascadeCost[] _verify;
    private readonly IReadOnlyList<CascadeObjective> _objectives;
    private readonly byte[][] _actions;

    private KdePomdp(TraceTable table, IReadOnlyList<CascadeObjective> objectives)
    {
        _models = table.ModelCount;
        int bins = MostBins;
        while (bins > 1 && Math.Pow(bins + 2, _models) > MostHistories)
        {
            bins--;
        }

        _edges = [.. Enumerable.Range(0, _models).Select(m => table.QuantileEdges(m, bins))];
        _place = KdePomdpPolicy.Places(_edges);
        uint[] pattern = [.. Enumerable.Range(0, table.RowCount).Select(row => Pattern(table, row))];
        uint[] states = [.. pattern.Distinct().Order()];
        _prior = [.. states.Select(s => pattern.Count(p => p == s) / (double)table.RowCount)];
        _good = new bool[states.Length, _models];
        for (int s = 0; s < states.Length; s++)
        {
            for (int m = 0; m < _models; m++)
            {
                _good[s, m] = (states[s] >> m & 1) != 0;
            }
        }

        _likelihood = [.. Enumerable.Range(0, _models).Select(m => Likelihood(table, m, pattern, states))];
        _answer = [.. Enumerable.Range(0, _models).Select(table.MeanCost)];
        _verify = [.. Enumerable.Range(0, _models).Select(m => new CascadeCost(table.MeanVerifyCost(m)))];
        _objectives = objectives;
        _actions = [.. objectives.Select(_ => new byte[_place[^1]])];
    }

    public static TrainedFamily Train(TraceTable table) => table.ModelCount <= MostModels
        ? TrainedFamily.PerObjective(table, Solve)
        : throw new ArgumentException($"The policy 'pomdp-kde' keeps a table of all histories, which is too large for {table.ModelCount} models; it serves up to {MostModels}. Use 'pomdp', or fewer models.");

    public static IReadOnlyList<ICascadePolicy> Solve(TraceTable table, IReadOnlyList<CascadeObjective> objectives)
    {
        var problem = new KdePomdp(table, objectives);
        problem.Visit(-1, 0, problem._prior, new double[objectives.Count]);
        return [.. problem._actions.Select(actions => new KdePomdpPolicy(table.Models, problem._edges, actions))];
    }

    // Values are not normalised: they carry the probability of the history, so that they add up over observations.
    private void Visit(int latest, int number, double[] weight, double[] value)
    {
        double total = weight.Sum();
        int stop = -1;
        double stopValue = 0;
        for (int m = 0; m <= latest; m++)
        {
            // Called models are those with a digit.
            if (number / _place[m] % (_place[m + 1] / _place[m]) != 0 && Good(weight, m) is var good && (stop < 0 || good >= stopValue))
            {
                stop = m;
                stopValue = good;
            }
        }

        Array.Fill(value, stop < 0 ? double.NegativeInfinity : stopValue);
        for (int o = 0; o < value.Length; o++)
        {
            _actions[o][number] = stop < 0 ? ActionCode.Abstain : ActionCode.Accept(stop);
        }

        double[] child = new double[weight.Length];
        double[] childValue = new double[value.Length];
        double[] sum = new double[value.Length];
        for (int j = latest + 1; j < _models; j++)
        {
            double unverified = Good(weight, j);
            Array.Clear(sum);
            int outcomes = _edges[j].Length + 2;
            for (int outcome = 0; outcome < outcomes; outcome++)
            {
                for (int s = 0; s < weight.Length; s++)
                {
                    child[s] = weight[s] * _likelihood[j][s, outcome];
                }

                Visit(j, number + (_place[j] * (outcome + 1)), [.. child], childValue);
                for (int o = 0; o < sum.Length; o++)
                {
                    sum[o] += childValue[o];
                }
            }

            for (int o = 0; o < value.Length; o++)
            {
                double answer = total * _objectives[o].Price(_answer[j]);
                Take(o, number, unverified - answer, ActionCode.Verify(j), value);
                Take(o, number, sum[o] - answer - (total * _objectives[o].Price(_verify[j])), ActionCode.Call(j), value);
            }
        }
    }

    private void Take(int objective, int number, double candidate, byte code, double[] value)
    {
        if (candidate > value[objective] + 1e-12)
        {
            value[objective] = candidate;
            _actions[objective][number] = code;
        }
    }

    private double Good(double[] weight, int model)
    {
        double good = 0;
        for (int s = 0; s < weight.Length; s++)
        {
            good += _good[s, model] ? weight[s] : 0;
        }

        return good;
    }

    // Mass of each bin, and of 'nothing usable', under a Gaussian kernel density on log-odds.
    private double[,] Likelihood(TraceTable table, int m, uint[] pattern, uint[] states)
    {
        int bins = _edges[m].Length + 1;
        double[] x = [.. Enumerable.Range(0, table.RowCount).Select(row => table.Confidence(row, m)).Select(c => double.IsNaN(c) ? c : ConfidenceGrid.LogOdds(c))];
        double[] seen = [.. x.Where(v => !double.IsNaN(v))];
        double mean = seen.Length > 0 ? seen.Average() : 0;
        double deviation = seen.Length > 0 ? Math.Sqrt(seen.Average(v => (v - mean) * (v - mean))) : 1;

        // Silverman's rule.
        double width = Math.Max(0.05, 1.06 * deviation * Math.Pow(Math.Max(seen.Length, 2), -0.2));
        double[] edges = [.. _edges[m].Select(ConfidenceGrid.LogOdds)];
        double[,] likelihood = new double[states.Length, bins + 1];
        double[][] kernel = [.. x.Select(v => Kernel(v, edges, width))];
        for (int s = 0; s < states.Length; s++)
        {
            double weight = 0;
            double alike = 0;
            double[] own = new double[bins + 1];
            double[] pooled = new double[bins + 1];
            for (int row = 0; row < x.Length; row++)
            {
                bool same = pattern[row] == states[s];
                bool correct = ((pattern[row] ^ states[s]) >> m & 1) == 0;
                weight += same ? 1 : 0;
                alike += correct ? 1 : 0;
                for (int b = 0; b <= bins; b++)
                {
                    own[b] += same ? kernel[row][b] : 0;
                    pooled[b] += correct ? kernel[row][b] : 0;
                }
            }

            for (int b = 0; b <= bins; b++)
            {
                likelihood[s, b] = (own[b] + (PriorWeight * pooled[b] / alike)) / (weight + PriorWeight);
            }
        }

        return likelihood;
    }

    private static double[] Kernel(double x, double[] edges, double width)
    {
        double[] mass = new double[edges.Length + 2];
        if (double.IsNaN(x))
        {
            mass[^1] = 1;
            return mass;
        }

        double before = 0;
        for (int b = 0; b <= edges.Length; b++)
        {
            double below = b == edges.Length ? 1 : 0.5 * SpecialFunctions.Erfc((x - edges[b]) / (width * Math.Sqrt(2)));
            mass[b] = below - before;
            before = below;
        }

        return mass;
    }

    private static uint Pattern(TraceTable table, int row)
    {
        uint pattern = 0;
        for (int m = 0; m < table.ModelCount; m++)
        {
            pattern |= table.Quality(row, m) >= 0.5 ? 1u << m : 0;
        }

        return pattern;
    }
}
