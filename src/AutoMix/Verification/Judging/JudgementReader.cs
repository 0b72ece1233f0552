using System.Globalization;
using System.Text.RegularExpressions;

namespace AutoMix;

/// <summary>Reads grades and preferences from a judge's reply. Two that differ, or one that is not on the last line, are none.</summary>
internal static partial class JudgementReader
{
    /// <summary>The grade; null if the reply holds no single one in range.</summary>
    public static int? Grade(string reply, int highest)
    {
        int? grade = null;
        foreach (Match match in Labelled(reply, GradeLine()))
        {
            // "7.5", "7-8" and "14 of 10" are no grade on the scale; "7/10" is one where 10 is the highest.
            if (!int.TryParse(match.Groups["grade"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                || value < 1
                || value > highest
                || (match.Groups["of"].Success && match.Groups["of"].Value != highest.ToString(CultureInfo.InvariantCulture))
                || (grade is { } earlier && earlier != value))
            {
                return null;
            }

            grade = value;
        }

        return grade;
    }

    /// <summary>How much better the second answer is: 1, 0.5 or 0; null if the reply does not say.</summary>
    public static double? Preference(string reply)
    {
        double? preference = null;
        foreach (Match match in Labelled(reply, BetterLine()))
        {
            double value = match.Groups["which"].Value.ToUpperInvariant() switch
            {
                "SECOND" => 1,
                "FIRST" => 0,
                _ => 0.5,
            };
            if (preference is { } earlier && earlier != value)
            {
                return null;
            }

            preference = value;
        }

        return preference;
    }

    // All labelled lines, or none if the last of them is not the reply's last line.
    private static IReadOnlyList<Match> Labelled(string reply, Regex line)
    {
        var visible = new TextBuffer(reply.Length);
        UntrustedText.AppendVisible(ref visible, reply);
        string text = visible.Text.TrimEnd(" \t\n*_`").ToString();
        visible.Dispose();
        IReadOnlyList<Match> matches = [.. line.Matches(text).Cast<Match>()];
        return matches.Count > 0 && text.LastIndexOf('\n') < matches[^1].Index + 1 ? matches : [];
    }

    [GeneratedRegex(@"^[ \t>*_#""'`-]{0,8}grade[ \t*_]{0,4}[:=][ \t*_""'`]{0,4}(?<grade>\d{1,4})(?:[ ]?(?:/|of|out of)[ ]?(?<of>\d{1,4}))?[ \t*_""'`.]{0,8}$", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex GradeLine();

    [GeneratedRegex(@"^[ \t>*_#""'`-]{0,8}better[ \t*_]{0,4}[:=][ \t*_""'`]{0,4}(?:the )?(?<which>first|second|equal|tie)[ \t*_""'`.]{0,8}$", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex BetterLine();
}
