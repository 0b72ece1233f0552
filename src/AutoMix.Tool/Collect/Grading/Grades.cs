using System.Globalization;
using System.Text.RegularExpressions;

namespace AutoMix.Tool.Collect.Grading;

/// <summary>Grades by rule.</summary>
internal static partial class Grades
{
    private const double RelativeTolerance = 1e-6;
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    /// <summary>Whether the answer is correct by one of the references.</summary>
    /// <exception cref="FormatException">A reference cannot be used: no number, or no regular expression.</exception>
    public static bool IsCorrect(GradeKind kind, string answer, IReadOnlyList<string> references) => references.Any(reference => kind switch
    {
        GradeKind.Exact => string.Equals(answer.Trim(), reference.Trim(), StringComparison.Ordinal),
        GradeKind.Normalised => AnswerText.Agree(answer, reference),
        GradeKind.Choice => ChoiceOf(answer) is { } choice && choice == ChoiceOf(reference),
        GradeKind.Numeric => NumberOf(answer) is { } number && IsNear(number, NumberOf(reference) ?? throw new FormatException($"The reference '{reference}' holds no number. Use another --grade.")),
        GradeKind.Regex => Matches(answer, reference),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a grade by rule."),
    });

    /// <summary>The letter that an answer chooses, upper case: alone, in brackets, at the beginning, or after "answer is"; the last such where it reasons first.</summary>
    public static char? ChoiceOf(string answer)
    {
        string text = answer.Trim();
        Match match = Leading().Match(text);
        if (!match.Success)
        {
            match = Announced().Matches(text).LastOrDefault() ?? match;
        }

        return match.Success ? char.ToUpperInvariant(match.Groups["letter"].Value[0]) : null;
    }

    /// <summary>The last number of a text: signs, thousands separators, decimals, exponents, fractions and per cent are understood.</summary>
    public static double? NumberOf(string text)
    {
        Match? last = Number().Matches(text).LastOrDefault();
        if (last is null)
        {
            return null;
        }

        double value = Parse(last.Groups["number"].Value);
        if (last.Groups["divisor"] is { Success: true } divisor)
        {
            value /= Parse(divisor.Value);
        }

        return last.Groups["percent"].Success ? value / 100 : value;
    }

    private static double Parse(string number) => double.Parse(
        number.Replace(",", "", StringComparison.Ordinal).Replace('\u2212', '-'), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsNear(double value, double reference) => Math.Abs(value - reference) <= RelativeTolerance * Math.Max(1, Math.Abs(reference));

    private static bool Matches(string answer, string pattern)
    {
        try
        {
            return Regex.IsMatch(answer, pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new FormatException($"The reference '{pattern}' takes too long to match. Write a simpler regular expression.", e);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The reference '{pattern}' is no regular expression: {e.Message}", e);
        }
    }

    [GeneratedRegex(@"^[\s*_`""'(\[]*(?<letter>[A-Za-z])(?=$|[\s*_`""']*[)\].:,;]|[\s*_`""']*$)")]
    private static partial Regex Leading();

    [GeneratedRegex(@"\b(?:answer|choice|option)\b(?:\s+is)?\s*:?[\s*_`""'(\[]*(?<letter>[A-Za-z])(?![A-Za-z])", RegexOptions.IgnoreCase)]
    private static partial Regex Announced();

    [GeneratedRegex(@"(?<![\w.])(?<number>[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|[-+\u2212]?\.\d+)(?:\s*/\s*(?<divisor>\d+(?:\.\d+)?))?\s*(?<percent>%)?")]
    private static partial Regex Number();
}
