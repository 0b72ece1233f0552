using AutoMix.Learning;
using AutoMix.Policies;

namespace AutoMix;

/// <summary>What is kept of an answered request until its outcome is known: numbers, no text.</summary>
internal sealed class PendingRequest : RememberedRequest
{
    // Without a grade of its own, the largest model's answer is taken to be right with this probability.
    private const double TrustInLargest = 0.9;

    // One label must not outvote all others.
    private const double LeastPropensity = 0.02;
    private readonly double?[] _grades;
    private int _claimed;

    public PendingRequest(string id, ulong key, DateTimeOffset at, int returned, bool isWhole, ObservedAnswer?[] answers)
        : base(id, at)
    {
        Key = key;
        Returned = returned;
        IsWhole = isWhole;
        Answers = answers;
        _grades = new double?[answers.Length];
    }

    public ulong Key { get; }

    /// <summary>The model whose answer was returned.</summary>
    public int Returned { get; }

    public ObservedAnswer?[] Answers { get; }

    public string Source { get; private set; } = "";

    public double Propensity { get; private set; } = 1;

    /// <summary>What an error costs here; null where nobody has said.</summary>
    public decimal? ErrorDollars { get; private set; }

    public bool IsGraded { get; private set; }

    /// <summary>Whether it was chosen by a coin, and all models have answered it.</summary>
    public bool IsWhole { get; }

    public IReadOnlyList<double?> Grades => _grades;

    /// <summary>Takes the request to learn from it; once.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    /// <summary>Notes a grade.</summary>
    /// <returns>Whether it is the request's first.</returns>
    public bool Grade(int model, OutcomeReport outcome)
    {
        lock (_grades)
        {
            _grades[model] = outcome.Quality;
            (Source, Propensity, ErrorDollars) = (outcome.Source, Math.Max(outcome.Propensity, LeastPropensity), outcome.ErrorDollars ?? ErrorDollars);
            bool isFirst = !IsGraded;
            IsGraded = true;
            return isFirst;
        }
    }

    /// <summary>What was graded, for finding sources that lie far from the others.</summary>
    public PolicyOutcome AsOutcome() => new()
    {
        RequestKey = Key,
        Source = Source,
        Answers = [.. _grades.Select((quality, m) => new AnswerOutcome(m, default, quality)).Where(answer => answer.Quality is not null)],
    };

    /// <summary>
    /// Labels of all answers. A grade holds for all answers that are the same. For the others: one right answer is assumed, so that
    /// what differs from a good answer is as bad as that is good; and where no good answer is known, the largest model's is.
    /// </summary>
    public LabelledRequest Label()
    {
        lock (_grades)
        {
            int last = Answers.Length - 1;
            double?[] qualities = new double?[Answers.Length];
            for (int m = 0; m <= last; m++)
            {
                qualities[m] = GradeOf(Answers[m]!.SameAs);
            }

            double best = qualities.Max() ?? 0;
            if (best < 0.5 && qualities[last] is null)
            {
                Array.ForEach([.. Enumerable.Range(0, last + 1).Where(m => Answers[m]!.SameAs == Answers[last]!.SameAs)], m => qualities[m] = TrustInLargest);
                best = TrustInLargest;
            }

            return new()
            {
                RequestKey = Key,
                Source = Source,

                // Not the rate of exploration: its coin knows nothing of the request, so that whole requests are a fair sample as they are,
                // and a rate that falls would let few late labels outvote many early ones.
                Propensity = Propensity,
                Answers = [.. Answers.Select((answer, m) => new LabelledAnswer(qualities[m] ?? (best >= 0.5 ? 1 - best : 0), answer!.Confidence, answer.SameAs))],
            };
        }
    }

    private double? GradeOf(int group)
    {
        for (int m = 0; m < Answers.Length; m++)
        {
            if (Answers[m]!.SameAs == group && _grades[m] is { } grade)
            {
                return grade;
            }
        }

        return null;
    }
}
