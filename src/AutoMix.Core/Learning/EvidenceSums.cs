using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using AutoMix.Statistics;

namespace AutoMix.Learning;

/// <summary>
/// What has been learned, as named sums: one per distinct labelled request, and a few per model for its costs. Sums of many
/// processes add up to the sums of all their requests, in any order.
/// </summary>
/// <remarks>
/// A request's name holds all that estimation needs of it: qualities to half a percent, confidences on the <see cref="ConfidenceGrid"/>,
/// and which answers agree. Confidences that are votes give few names; others one per request, so that what has faded is to be
/// removed (<see cref="Faded"/>). Not safe for concurrent use.
/// </remarks>
internal sealed class EvidenceSums
{

    /// <summary>Steps of quality in a name.</summary>
    internal const int QualitySteps = 200;

    internal const string Weight = "weight";
    internal const string Squares = "squares";
    private const string ErrorCount = "error:n";
    private const string ErrorCosts = "error:usd";

    /// <summary>The name of the sum of all jumps, in half-lives, and the end of those of single models.</summary>
    internal const string Jump = "jump";
    private readonly Dictionary<string, double> _sums = new(StringComparer.Ordinal);

    /// <summary>The sums by name.</summary>
    public IReadOnlyDictionary<string, double> Sums => _sums;

    /// <summary>Adds one labelled request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="weight">Its weight by age, more than 0; it is divided by the propensity here.</param>
    /// <exception cref="ArgumentException">A quality, a confidence or the propensity is out of range.</exception>
    public void Add(LabelledRequest request, double weight = 1)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!(request.Propensity > 0 && request.Propensity <= 1))
        {
            throw new ArgumentException($"A propensity is a number in (0, 1]; got {request.Propensity}. A request that could not have been labelled has no label.", nameof(request));
        }

        double w = weight / request.Propensity;
        Add(NameOf(request), w);
        Add(Weight, w);
        Add(Squares, w * w);
    }

    /// <summary>Adds what one answer cost.</summary>
    /// <param name="model">Index of the model.</param>
    /// <param name="cost">The cost of the answer.</param>
    /// <param name="verifyDollars">What its verification cost; null where there was none.</param>
    /// <param name="weight">Its weight by age, more than 0.</param>
    public void AddCost(int model, CascadeCost cost, double? verifyDollars, double weight = 1)
    {
        Add(CostName(model, "n"), weight);
        Add(CostName(model, "usd"), weight * cost.Dollars);
        Add(CostName(model, "tokens"), weight * cost.Tokens);
        Add(CostName(model, "seconds"), weight * cost.Seconds);
        if (verifyDollars is { } dollars)
        {
            Add(CostName(model, "vn"), weight);
            Add(CostName(model, "vusd"), weight * dollars);
        }
    }

    /// <summary>Adds what one wrong answer costs.</summary>
    /// <param name="dollars">More than 0.</param>
    /// <param name="weight">Its weight by age, more than 0.</param>
    public void AddErrorCost(double dollars, double weight = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dollars);
        Add(ErrorCount, weight);
        Add(ErrorCosts, weight * dollars);
    }

    /// <summary>What a wrong answer costs on average, in dollars; null where fewer than ten reports of today's weight say so.</summary>
    public double? ErrorDollars
    {
        get
        {
            const double Least = 10;
            double size = Evidence.SizeOf(this);
            double reports = size > 0 ? this[ErrorCount] / this[Weight] * size : 0;
            return reports >= Least - 1e-6 ? this[ErrorCosts] / this[ErrorCount] : null;
        }
    }

    /// <summary>Adds to a named sum.</summary>
    internal void Add(string name, double value)
    {
        ref double sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, name, out _);
        sum += value;
    }

    /// <summary>Adds sums, such as those of another process or of an earlier epoch.</summary>
    /// <param name="sums">By name.</param>
    /// <param name="factor">Weighs them.</param>
    public void Merge(IReadOnlyDictionary<string, double> sums, double factor = 1)
    {
        ArgumentNullException.ThrowIfNull(sums);
        foreach ((string name, double value) in sums)
        {
            // A jump is a number of half-lives, not a weight.
            Add(name, name.EndsWith(Jump, StringComparison.Ordinal) ? value : name == Squares ? value * factor * factor : value * factor);
        }
    }

    /// <summary>The names of requests whose weight is less than a share of the largest.</summary>
    /// <param name="share">In (0, 1).</param>
    public IReadOnlyList<string> Faded(double share)
    {
        double most = _sums.Where(s => IsRequest(s.Key)).Select(s => s.Value).DefaultIfEmpty(0).Max();
        return [.. _sums.Where(s => IsRequest(s.Key) && s.Value < share * most).Select(s => s.Key)];
    }

    /// <summary>Whether there is enough more here than there was for a new plan to differ.</summary>
    /// <param name="before">The sums of which the last plan was made; null where there is none.</param>
    /// <remarks>A twentieth more labels, or half as many costs again: means of costs move less. A drift makes what is new outweigh what was.</remarks>
    public bool SayMoreThan(EvidenceSums? before)
    {
        const double Labels = 1.05;
        const double Costs = 1.5;
        return before is null
            || this[Weight] > Labels * before[Weight]
            || _sums.Any(sum => sum.Key.EndsWith(":n", StringComparison.Ordinal) && sum.Value > Costs * before[sum.Key]);
    }

    internal static bool IsRequest(string name) => name.StartsWith('r') && name.Contains(':');

    internal static string CostName(int model, string what) => string.Create(CultureInfo.InvariantCulture, $"c{model}:{what}");

    internal double this[string name] => _sums.GetValueOrDefault(name);

    private static string NameOf(LabelledRequest request)
    {
        int fold = (int)(RequestKeys.Uniform(0, request.RequestKey) * Folds.Standard);
        var name = new StringBuilder(8 + (10 * request.Answers.Count)).Append(CultureInfo.InvariantCulture, $"r{fold}:");
        for (int m = 0; m < request.Answers.Count; m++)
        {
            LabelledAnswer answer = request.Answers[m];
            if (!(answer.Quality is >= 0 and <= 1 && answer.Confidence is null or (>= 0 and <= 1) && (uint)answer.SameAs <= m))
            {
                throw new ArgumentException($"The answer of model {m} is {answer}: a quality and a confidence are in [0, 1], and an answer is the same as its own or an earlier one.", nameof(request));
            }

            int cell = answer.Confidence is { } confidence ? ConfidenceGrid.Cell(confidence) : ConfidenceGrid.Size;
            name.Append(CultureInfo.InvariantCulture, $"{(m == 0 ? "" : ";")}{(int)Math.Round(answer.Quality * QualitySteps)},{cell},{answer.SameAs}");
        }

        return name.ToString();
    }
}
