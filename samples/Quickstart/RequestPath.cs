using System.Globalization;

namespace AutoMix.Quickstart;

/// <summary>
/// One request's path in a line, in the order of the decisions: who was asked, what was verified and how it came out. A
/// verification without a name is of the answer before it.
/// </summary>
internal static class RequestPath
{
    public static string Describe(RoutingRecord record)
    {
        List<string> steps = [];
        int attempts = 0;
        var paid = new Dictionary<AttemptRecord, int>(ReferenceEqualityComparer.Instance);
        foreach (DecisionRecord decision in record.Decisions)
        {
            switch (decision.Kind)
            {
                case CascadeActionKind.Call when attempts < record.Attempts.Count:
                    steps.Add(Describe(record.Attempts[attempts++]));
                    break;
                case CascadeActionKind.Verify when record.Attempts.Take(attempts).LastOrDefault(attempt => attempt.Model == decision.Model) is { } attempt:
                    int done = paid.GetValueOrDefault(attempt);
                    paid[attempt] = done + 1;
                    string which = ReferenceEquals(attempt, record.Attempts[attempts - 1]) ? "" : " " + attempt.Model;
                    steps.Add($"verify{which}{Describe(attempt.Verdicts.Where(verdict => !verdict.IsFree).ElementAtOrDefault(done))}");
                    break;
            }
        }

        return string.Join(" > ", steps);
    }

    private static string Describe(AttemptRecord attempt)
    {
        string free = string.Concat(attempt.Verdicts.Where(verdict => verdict.IsFree).Select(Describe));
        string failure = attempt.Failure is FailureKind kind ? $" ({kind})" : "";
        string agreement = attempt.AgreesWith is null ? "" : " agrees";
        return $"{attempt.Model}{agreement}{failure}{free}";
    }

    private static string Describe(VerdictRecord? verdict) => verdict switch
    {
        null => "",
        { Confidence: double confidence } => string.Create(CultureInfo.InvariantCulture, $" {confidence:0.00}"),
        _ => " unknown",
    };
}
