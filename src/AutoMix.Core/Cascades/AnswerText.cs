using System.Globalization;
using System.Text;

namespace AutoMix;

/// <summary>When two answers count as the same: the free observation of agreement, offline and live.</summary>
public static class AnswerText
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
    /// around it, and a leading English article.
    /// </summary>
    public static string Normalize(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var folded = new StringBuilder(answer.Length);
        bool pendingSpace = false;
        foreach (char c in answer.Normalize(NormalizationForm.FormKC))
        {
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
