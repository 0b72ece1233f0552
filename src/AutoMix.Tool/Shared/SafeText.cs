using System.Globalization;
using System.Text;
using Spectre.Console;

namespace AutoMix.Tool;

/// <summary>Text that came from data, made harmless for a terminal: no markup, no escape sequences, no line of its own.</summary>
internal static class SafeText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text on one line, with every control and format character replaced, and cut to a length.</summary>
    public static string Plain(string text, int most = int.MaxValue)
    {
        var safe = new StringBuilder(Math.Min(text.Length, most));
        foreach (char c in text)
        {
            if (safe.Length == most)
            {
                safe[^1] = '\u2026';
                break;
            }

            safe.Append(char.IsWhiteSpace(c) ? ' ' : char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? Replacement : c);
        }

        return safe.ToString();
    }

    /// <summary>The same for a place where Spectre.Console reads markup.</summary>
    public static string Text(string text, int most = int.MaxValue) => Markup.Escape(Plain(text, most));
}
