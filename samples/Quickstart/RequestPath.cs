using System.Globalization;
using System.Text;

namespace AutoMix.Quickstart;

/// <summary>One request's path through the models in a line: who answered, how sure its verification was, who came next.</summary>
internal static class RequestPath
{
    public static string Describe(RoutingRecord record)
    {
        var path = new StringBuilder();
        for (int i = 0; i < record.Attempts.Count; i++)
        {
            AttemptRecord attempt = record.Attempts[i];
            path.Append(i == 0 ? "" : " > ").Append(attempt.Model);
            if (attempt.Failure is FailureKind failure)
            {
                path.Append(CultureInfo.InvariantCulture, $" ({failure})");
            }

            foreach (VerdictRecord verdict in attempt.Verdicts)
            {
                path.Append(verdict.Confidence is double confidence
                    ? string.Create(CultureInfo.InvariantCulture, $" verified {confidence:0.00}")
                    : " verified: unknown");
            }

            if (attempt.AgreesWith is int other)
            {
                path.Append(" agrees with ").Append(record.Attempts[other].Model);
            }
        }

        return path.ToString();
    }
}
