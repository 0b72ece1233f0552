using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AutoMix;

// Rules: free, first, and never a reason to accept.
public static partial class Verifiers
{
    private const int RefusalWithin = 300;
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Creates a verifier from a rule of your own. Put a version into its name so that a cache above notices a change.</summary>
    /// <param name="objection">The objection to the answer; null if there is none.</param>
    /// <param name="name">Its name in records and telemetry.</param>
    public static IVerifier Rule(Func<VerificationContext, string?> objection, string name)
    {
        ArgumentNullException.ThrowIfNull(objection);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new RuleVerifier(name, "", context => objection(context) is { } why ? Verdict.Reject(why) : Verdict.Pass());
    }

    /// <summary>Rejects an answer that is not JSON by a schema. A keyword that is not supported makes the verdict unknown.</summary>
    /// <param name="schema">The schema.</param>
    public static IVerifier FollowsSchema(JsonElement schema)
    {
        JsonElement own = schema.Clone();
        return new RuleVerifier("json-schema", own.GetRawText(), context =>
        {
            try
            {
                using JsonDocument answer = JsonDocument.Parse(context.Text);
                SchemaResult result = JsonSchema.Validate(answer.RootElement, own);
                return result.Outcome switch
                {
                    SchemaOutcome.Valid => Verdict.Pass(),
                    SchemaOutcome.Invalid => Verdict.Reject(result.Reason!),
                    _ => Verdict.Unknown(result.Reason!),
                };
            }
            catch (JsonException)
            {
                return Verdict.Reject("the answer is not JSON");
            }
        });
    }

    /// <summary>Rejects an answer that does not match a pattern.</summary>
    /// <param name="pattern">A regular expression, matched under a time limit.</param>
    public static IVerifier Matches(string pattern) => Pattern("matches", pattern, mustMatch: true);

    /// <summary>Rejects an answer that matches a pattern.</summary>
    /// <param name="pattern">A regular expression, matched under a time limit.</param>
    public static IVerifier DoesNotMatch(string pattern) => Pattern("does-not-match", pattern, mustMatch: false);

    /// <summary>Rejects an answer that is too short or too long.</summary>
    /// <param name="min">Least characters.</param>
    /// <param name="max">Most characters.</param>
    public static IVerifier Length(int min = 1, int max = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(min);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, min);
        return new RuleVerifier("length", FormattableString.Invariant($"{min};{max}"), context => context.Text.Length < min || context.Text.Length > max
            ? Verdict.Reject(string.Create(CultureInfo.InvariantCulture, $"the answer has {context.Text.Length} characters, not {min} to {max}"))
            : Verdict.Pass());
    }

    /// <summary>Rejects an answer that begins with a refusal.</summary>
    /// <param name="phrases">Phrases that begin a refusal; English ones if null.</param>
    public static IVerifier NoRefusal(IEnumerable<string>? phrases = null)
    {
        string[] list = phrases is null ? PhraseList.Refusals : [.. phrases];
        return new RuleVerifier("no-refusal", string.Join('|', list), context => PhraseList.Find(context.Text, list, RefusalWithin) is { } found
            ? Verdict.Reject($"the answer refuses ('{found}')")
            : Verdict.Pass());
    }

    /// <summary>Rejects an answer that hedges.</summary>
    /// <param name="phrases">Phrases that hedge, at the beginning of a sentence; English ones if null.</param>
    public static IVerifier NoHedging(IEnumerable<string>? phrases = null)
    {
        string[] list = phrases is null ? PhraseList.Hedges : [.. phrases];
        return new RuleVerifier("no-hedging", string.Join('|', list), context => PhraseList.Find(context.Text, list, int.MaxValue) is { } found
            ? Verdict.Reject($"the answer hedges ('{found}')")
            : Verdict.Pass());
    }

    /// <summary>Rejects an answer whose words or quotations are not in its context.</summary>
    /// <param name="configure">Changes the settings.</param>
    public static IVerifier Grounding(Action<GroundingOptions>? configure = null)
    {
        var options = new GroundingOptions();
        configure?.Invoke(options);
        return new GroundingVerifier(options);
    }

    private static RuleVerifier Pattern(string name, string pattern, bool mustMatch)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, PatternTime);
        return new(name, pattern, context =>
        {
            try
            {
                return regex.IsMatch(context.Text) == mustMatch ? Verdict.Pass() : Verdict.Reject($"the answer {(mustMatch ? "does not match" : "matches")} the pattern '{pattern}'");
            }
            catch (RegexMatchTimeoutException)
            {
                return Verdict.Unknown($"the pattern '{pattern}' took too long");
            }
        });
    }
}
