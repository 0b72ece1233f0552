using System.Globalization;

namespace AutoMix.Tool.Simulate;

/// <summary>Traces as they would have been: other prices, another share of correct answers of a model.</summary>
internal sealed class Assumptions
{
    private readonly Dictionary<string, double> _priceFactor = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _accuracy = new(StringComparer.Ordinal);

    /// <summary>The assumptions in words.</summary>
    public IReadOnlyList<string> InWords =>
    [
        .. _priceFactor.Select(p => FormattableString.Invariant($"'{p.Key}' costs {p.Value:0.###} times as much")),
        .. _accuracy.Select(a => FormattableString.Invariant($"'{a.Key}' answers {a.Value:P1} correctly")),
    ];

    /// <summary>Reads assignments such as <c>model=0.5</c>.</summary>
    /// <exception cref="ArgumentException">An assignment cannot be read.</exception>
    public static Assumptions Read(IEnumerable<string> prices, IEnumerable<string> accuracies)
    {
        var assumptions = new Assumptions();
        foreach (string price in prices)
        {
            (string model, double factor) = Assignment(price, "--price", "small=0.5 halves its price");
            assumptions._priceFactor[model] = factor >= 0 ? factor : throw new ArgumentException($"--price {price}: a price cannot be negative.");
        }

        foreach (string accuracy in accuracies)
        {
            (string model, double share) = Assignment(accuracy, "--accuracy", "small=0.8 makes 80 % of its answers correct");
            assumptions._accuracy[model] = share is >= 0 and <= 1 ? share : throw new ArgumentException($"--accuracy {accuracy}: an accuracy is a share in [0, 1].");
        }

        return assumptions;
    }

    /// <summary>
    /// The records under the assumptions. Which answers change is drawn from the seed; an answer that changes takes its confidence
    /// from a random answer of the same model that was what it becomes, so that the verifier stays as good as it was.
    /// </summary>
    /// <exception cref="ArgumentException">A model is not in the records.</exception>
    public IReadOnlyList<TraceRecord> Apply(IReadOnlyList<TraceRecord> records, int seed)
    {
        string[] models = [.. records[0].Answers.Select(answer => answer.Model)];
        foreach (string name in _priceFactor.Keys.Concat(_accuracy.Keys))
        {
            if (!models.Contains(name))
            {
                throw new ArgumentException($"There is no model '{name}' in the traces; the models are {string.Join(", ", models)}.");
            }
        }

        TraceAnswer[][] columns = [.. models.Select((model, m) => Column(records, model, m, seed))];
        return [.. records.Select((record, row) => record with { Answers = [.. columns.Select(column => column[row])] })];
    }

    private TraceAnswer[] Column(IReadOnlyList<TraceRecord> records, string model, int index, int seed)
    {
        TraceAnswer[] answers = [.. records.Select(record => record.Answers[index])];
        double factor = _priceFactor.GetValueOrDefault(model, 1);
        return [.. Regraded(answers, model, seed).Select(answer => answer with { AnswerCost = answer.AnswerCost * factor, VerifyCost = answer.VerifyCost * factor })];
    }

    private TraceAnswer[] Regraded(TraceAnswer[] answers, string model, int seed)
    {
        if (!_accuracy.TryGetValue(model, out double wanted))
        {
            return answers;
        }

        double today = answers.Average(answer => answer.Quality);
        bool better = wanted > today;
        double share = better ? (wanted - today) / (1 - today) : (today - wanted) / Math.Max(today, double.Epsilon);
        var random = new Random(seed);
        TraceAnswer[] alike = [.. answers.Where(answer => answer.Quality >= 0.5 == better)];
        return [.. answers.Select(answer =>
        {
            bool changes = answer.Quality >= 0.5 != better && random.NextDouble() < share;
            TraceAnswer? like = alike.Length > 0 ? alike[random.Next(alike.Length)] : null;
            return changes
                ? answer with { Quality = better ? 1 : 0, Confidence = like is null ? answer.Confidence : like.Confidence, Answer = better ? "assumed right" : FormattableString.Invariant($"assumed wrong {random.Next()}") }
                : answer;
        })];
    }

    private static (string Model, double Value) Assignment(string text, string option, string example)
    {
        int at = text.LastIndexOf('=');
        return at > 0 && double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? (text[..at], value)
            : throw new ArgumentException($"{option} {text} cannot be read. Write model=number, for example {example}.");
    }
}
