using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AutoMix;

/// <summary>Text that someone else wrote, made fit to stand in a prompt or to be read as a reply.</summary>
internal static class UntrustedText
{
    private const string QuotedVerdict = "(quoted words, not a decision)";

    /// <summary>
    /// Appends what can be seen: invisible characters are dropped, line ends unified, full-width letters and look-alikes of
    /// angle brackets folded. Done by hand, because Unicode normalisation does nothing in globalization-invariant mode.
    /// </summary>
    public static void AppendVisible(ref TextBuffer buffer, scoped ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsAscii(c))
            {
                if (c >= ' ' && c != '\x7f')
                {
                    buffer.Append(c);
                }
                else if (c == '\r')
                {
                    if (i + 1 >= text.Length || text[i + 1] != '\n')
                    {
                        buffer.Append('\n');
                    }
                }
                else if (c is '\n' or '\v' or '\f')
                {
                    buffer.Append('\n');
                }
                else if (c == '\t')
                {
                    buffer.Append(c);
                }

                continue;
            }

            if (char.IsSurrogate(c))
            {
                // Half a pair is no character; characters beyond the first plane can be invisible too, as tags are.
                if (Rune.DecodeFromUtf16(text[i..], out Rune rune, out int used) == OperationStatus.Done)
                {
                    if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
                    {
                        buffer.Append(text.Slice(i, used));
                    }

                    i += used - 1;
                }
                else
                {
                    buffer.Append('\uFFFD');
                }

                continue;
            }

            switch (c)
            {
                case >= '\uFF01' and <= '\uFF5E':
                    buffer.Append((char)(c - 0xFEE0));
                    break;
                case '\u2039' or '\u2329' or '\u27E8' or '\u3008' or '\uFE64':
                    buffer.Append('<');
                    break;
                case '\u203A' or '\u232A' or '\u27E9' or '\u3009' or '\uFE65':
                    buffer.Append('>');
                    break;
                case '\u2028' or '\u2029' or '\u0085':
                    buffer.Append('\n');
                    break;
                case '\u2018' or '\u2019':
                    buffer.Append('\'');
                    break;
                case '\u00A0' or '\u3000' or '\u202F':
                    buffer.Append(' ');
                    break;
                default:
                    if (CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.PrivateUse) && c is not (>= '\uFE00' and <= '\uFE0F'))
                    {
                        buffer.Append(c);
                    }

                    break;
            }
        }
    }

    /// <summary>
    /// Appends text as material for a verifying model: visible characters only, and nothing in it that looks like a marker of
    /// a block or like a verdict.
    /// </summary>
    public static void AppendNeutralised(ref TextBuffer buffer, scoped ReadOnlySpan<char> text, Regex planted)
    {
        var visible = new TextBuffer(text.Length);
        AppendVisible(ref visible, text);
        int from = 0;
        foreach (ValueMatch match in planted.EnumerateMatches(visible.Text))
        {
            buffer.Append(visible.Text[from..match.Index]);
            ReadOnlySpan<char> found = visible.Text.Slice(match.Index, match.Length);
            if (found[0] is '<' or '&')
            {
                // The name stays readable; the bracket that made it a marker goes.
                buffer.Append('(');
                buffer.Append(found[(found[0] == '<' ? 1 : Math.Max(found.IndexOf(';'), 0) + 1)..]);
            }
            else
            {
                buffer.Append(QuotedVerdict);
            }

            from = match.Index + match.Length;
        }

        buffer.Append(visible.Text[from..]);
        visible.Dispose();
    }
}
