using System.Globalization;
using System.Text;

namespace AutoMix;

/// <summary>When two answers count as the same: the free observation of agreement, offline and live.</summary>
internal static class AnswerText
{
    /// <summary>Whether two answers are equal after <see cref="Normalize"/>. Empty answers agree with nothing.</summary>
    public static bool Agree(string? first, string? second)
    {
        if (string.IsNullOrWhiteSpace(first) || string.IsNullOrWhiteSpace(second))
        {
            return false;
        }

        return string.Equals(Normalize(first), Normalize(second), StringComparison.Ordinal);
    }

    /// <summary>
    /// Folds what does not change an answer: case, leading and trailing white space, runs of white space, the punctuation
    /// around it, and a leading English article. Forms of one character (NFKC) are one too, where the runtime has culture data; with
    /// InvariantGlobalization only full-width ones are.
    /// </summary>
    public static string Normalize(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var folded = new StringBuilder(answer.Length);
        bool pendingSpace = false;
        foreach (char composed in Compose(answer))
        {
            char c = Narrow(composed);
            if (char.IsWhiteSpace(c))
            {
                pendingSpace = folded.Length > 0;
                continue;
            }

            if (pendingSpace)
            {
                folded.Append(' ');
                pendingSpace = false;
            }

            folded.Append(char.ToLowerInvariant(c));
        }

        ReadOnlySpan<char> text = TrimPunctuation(folded.ToString());
        foreach (string article in (ReadOnlySpan<string>)["the ", "a ", "an "])
        {
            if (text.Length > article.Length && text.StartsWith(article, StringComparison.Ordinal))
            {
                text = text[article.Length..];
                break;
            }
        }

        return text.Length == 0 ? answer.Trim() : text.ToString();
    }

    // Half of a surrogate pair, as a cut-off answer may end with, has no normal form.
    private static string Compose(string answer)
    {
        try
        {
            return answer.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return answer;
        }
    }

    // Full-width forms: where the runtime is without culture data (InvariantGlobalization), it composes nothing.
    private static char Narrow(char c) => c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;

    private static ReadOnlySpan<char> TrimPunctuation(ReadOnlySpan<char> text)
    {
        // Currency, minus and percent carry meaning; quotes, brackets, full stops and markdown marks around an answer do not.
        static bool IsDecoration(char c) => c is '.' or ',' or ';' or ':' or '!' or '?' or '"' or '\'' or '`' or '*' or '_' or '(' or ')' or '[' or ']' or ' '
            || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation;
        int start = 0;
        int end = text.Length;
        while (start < end && IsDecoration(text[start]))
        {
            start++;
        }

        while (end > start && IsDecoration(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }
}
