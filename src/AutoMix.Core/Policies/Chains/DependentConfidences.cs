using AutoMix.Statistics;

namespace AutoMix.Policies;

/// <summary>
/// How the calibrated confidences of several models are distributed together: marginals, and between each two models a
/// Gumbel copula that follows from Kendall's tau. A chain is Markov: a model's confidence depends on the one before.
/// </summary>
/// <remarks>Zellinger and Thomson, Rational tuning of LLM cascades (2025).</remarks>
internal sealed class DependentConfidences
{
    /// <summary>Cells of equal probability into which each confidence is cut: thresholds lie between them.</summary>
    public const int Cells = 20;

    private const int Edges = Cells + 1;
    private const double StrongestTau = 0.95;
    private const int FineSteps = 400;
    private readonly double[][] _joint;
    private readonly double[] _cellMean;
    private readonly double[] _cellStart;

    private DependentConfidences(IReadOnlyList<string> models)
    {
        int n = models.Count;
        Models = models;
        AnswerCost = new CascadeCost[n];
        VerifyDollars = new double[n];
        Accuracy = new double[n];
        Known = new bool[n];
        Calibrations = new ConfidenceCalibration[n];
        _joint = new double[n * n][];
        _cellMean = new double[n * Cells];
        _cellStart = new double[n * Cells];
    }

    public IReadOnlyList<string> Models { get; }

    public CascadeCost[] AnswerCost { get; }

    public double[] VerifyDollars { get; }

    public double[] Accuracy { get; }

    /// <summary>Whether confidences of a model were observed, so that thresholds on them make sense.</summary>
    public bool[] Known { get; }

    public ConfidenceCalibration[] Calibrations { get; }

    public static DependentConfidences Fit(TraceTable table)
    {
        var fitted = new DependentConfidences(table.Models);
        int n = table.ModelCount;
        for (int m = 0; m < n; m++)
        {
            fitted.FitModel(table, m);
        }

        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j < n && fitted.Known[i]; j++)
            {
                double tau = fitted.Known[j] ? KendallTau(table, i, j) : 0;
                fitted._joint[(i * n) + j] = Joint(1 / (1 - Math.Clamp(tau, 0, StrongestTau)));
            }
        }

        return fitted;
    }

    /// <summary>Mean probability of being correct in a cell.</summary>
    public double CellMean(int model, int cell) => _cellMean[(model * Cells) + cell];

    /// <summary>The raw confidence at which a cell starts; cell 0 starts at the least confidence there is.</summary>
    public double CellStart(int model, int cell) => cell >= Cells ? 1.0001 : _cellStart[(model * Cells) + cell];

    /// <summary>P(later's confidence lies in each cell | earlier's lies in cells from <paramref name="low"/> to before <paramref name="high"/>).</summary>
    public void Given(int earlier, int low, int high, int later, Span<double> cells)
    {
        double[] joint = _joint[(earlier * Models.Count) + later];
        double a = (double)low / Cells;
        double b = (double)high / Cells;
        double before = 0;
        for (int k = 0; k < Cells; k++)
        {
            double below = (joint[(high * Edges) + k + 1] - joint[(low * Edges) + k + 1]) / (b - a);
            cells[k] = Math.Max(0, below - before);
            before = below;
        }
    }

    // P(both confidences lie below an edge of their cells), for all pairs of edges.
    private static double[] Joint(double theta) =>
        [.. Enumerable.Range(0, Edges * Edges).Select(at => Gumbel((double)(at / Edges) / Cells, (double)(at % Edges) / Cells, theta))];

    internal static double Gumbel(double u, double v, double theta) => u <= 0 || v <= 0 ? 0
        : u >= 1 ? v
        : v >= 1 ? u
        : Math.Exp(-Math.Pow(Math.Pow(-Math.Log(u), theta) + Math.Pow(-Math.Log(v), theta), 1 / theta));

    private void FitModel(TraceTable table, int m)
    {
        AnswerCost[m] = table.MeanCost(m);
        VerifyDollars[m] = table.MeanVerifyCost(m);
        Accuracy[m] = table.MeanQuality(m);
        double[] confidences = [.. table.Confidences(m)];
        Known[m] = confidences.Distinct().Take(3).Count() > 2;
        if (!Known[m])
        {
            Array.Fill(_cellMean, Accuracy[m], m * Cells, Cells);
            return;
        }

        ConfidenceCalibration calibration = ConfidenceCalibration.Fit(table, m);
        Calibrations[m] = calibration;
        double[] probabilities = [.. confidences.Select(calibration.Probability)];
        FillCells(m, BetaMixture.Fit(probabilities));
    }

    // Inverts the marginal on a fine grid: cell k holds the probabilities between its quantiles k/Cells and (k+1)/Cells.
    private void FillCells(int m, BetaMixture marginal)
    {
        double span = marginal.Greatest - marginal.Least;
        int at = 0;
        double Quantile(double level)
        {
            while (at < FineSteps && marginal.Below(marginal.Least + (span * at / FineSteps)) < level)
            {
                at++;
            }

            return marginal.Least + (span * at / FineSteps);
        }

        const int PerCell = 8;
        for (int cell = 0; cell < Cells; cell++)
        {
            double sum = 0;
            for (int k = 0; k < PerCell; k++)
            {
                sum += Quantile((cell + ((k + 0.5) / PerCell)) / Cells);
            }

            _cellMean[(m * Cells) + cell] = sum / PerCell;
        }

        at = 0;
        for (int cell = 0; cell < Cells; cell++)
        {
            double start = Math.Clamp(Quantile((double)cell / Cells), 1e-9, 1 - 1e-9);
            _cellStart[(m * Cells) + cell] = Calibrations[m].Confidence(start);
        }
    }

    private static double KendallTau(TraceTable table, int i, int j)
    {
        int[] rows = [.. Enumerable.Range(0, table.RowCount).Where(row => !double.IsNaN(table.Confidence(row, i)) && !double.IsNaN(table.Confidence(row, j)))];
        double agree = 0;
        double untiedI = 0;
        double untiedJ = 0;
        for (int a = 0; a < rows.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                int di = table.Confidence(rows[a], i).CompareTo(table.Confidence(rows[b], i));
                int dj = table.Confidence(rows[a], j).CompareTo(table.Confidence(rows[b], j));
                agree += di * dj;
                untiedI += di * di;
                untiedJ += dj * dj;
            }
        }

        return untiedI > 0 && untiedJ > 0 ? agree / Math.Sqrt(untiedI * untiedJ) : 0;
    }
}
