using AutoMix.Learning;
using AutoMix.Policies;

namespace AutoMix;

/// <summary>An answered request with its grades, until a pass turns it into evidence.</summary>
internal sealed class PendingRequest : RememberedRequest
{
    // Without a grade of its own, the largest model's answer is assumed to be right with this probability.
    private const double TrustInLargest = 0.9;

    // One label must not outweigh all others.
    private const double LeastPropensity = 0.02;
    private readonly double?[] _grades;
    private int _claimed;

    private PendingRequest(string id, ulong key, DateTimeOffset at, int returned, bool isWhole, ObservedAnswer?[] answers)
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

    /// <summary>The cost of an error in this request, in dollars; null if unknown.</summary>
    public decimal? ErrorDollars { get; private set; }

    public bool IsGraded { get; private set; }

    /// <summary>Whether a coin chose it to be explored, and all models have answered it.</summary>
    public bool IsWhole { get; }

    public IReadOnlyList<double?> Grades => _grades;

    /// <summary>Takes the numbers of a request that has been answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="plan">The plan that decided it.</param>
    /// <param name="observer">Reads the confidences in its answers.</param>
    /// <param name="returned">The model whose answer was returned.</param>
    /// <param name="at">The time of the answer.</param>
    public static PendingRequest Of(RoutingView context, Exploration plan, CascadeRoutingPolicy observer, int returned, DateTimeOffset at)
    {
        ObservedAnswer?[] answers = new ObservedAnswer?[context.Models.Count];
        for (int m = 0; m < answers.Length; m++)
        {
            if (context.AnswerOf(m) is { Status: AttemptStatus.Answered } attempt)
            {
                answers[m] = new(
                    FirstOfGroup(context, attempt, m),
                    observer.ConfidenceOf(attempt),
                    CostOf(attempt),
                    attempt.Verdicts.Any(v => !v.IsFree) ? (double)attempt.VerificationCost : null);
            }
        }

        bool isWhole = plan.IsExplored && Array.TrueForAll(answers, a => a is not null) && context.Attempts.All(a => a is not { Status: AttemptStatus.Answered, CanVerify: true });
        return new(plan.RequestId, context.RequestKey, at, returned, isWhole, answers);
    }

    /// <summary>Claims the request, so that it is learned from once only.</summary>
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

    /// <summary>Converts the grades to an outcome, to find sources that differ most from the others.</summary>
    public PolicyOutcome AsOutcome() => new()
    {
        RequestKey = Key,
        Source = Source,
        Answers = [.. _grades.Select((quality, m) => new AnswerOutcome(m, default, quality)).Where(answer => answer.Quality is not null)],
    };

    /// <summary>
    /// Labels all answers. A grade holds for all answers that are the same. One right answer is assumed: if an answer was graded 0.9, a
    /// different answer is labelled 0.1. If no good answer is known, the largest model's answer is assumed to be right.
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

                // The rate of exploration is left out. Its coin does not depend on the request, so whole requests are a fair sample as they
                // are; with a rate that falls, few late labels would outweigh many early ones.
                Propensity = Propensity,
                Answers = [.. Answers.Select((answer, m) => new LabelledAnswer(qualities[m] ?? (best >= 0.5 ? 1 - best : 0), answer!.Confidence, answer.SameAs))],
            };
        }
    }

    private static int FirstOfGroup(RoutingView context, RoutingAttempt attempt, int model)
    {
        RoutingAttempt root = attempt.AgreesWith ?? attempt;
        for (int m = 0; m < model; m++)
        {
            if (context.AnswerOf(m) is { Status: AttemptStatus.Answered } other && ReferenceEquals(other.AgreesWith ?? other, root))
            {
                return m;
            }
        }

        return model;
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
