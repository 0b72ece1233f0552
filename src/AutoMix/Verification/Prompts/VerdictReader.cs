namespace AutoMix;

/// <summary>Reads a verdict from a verifying model's reply: correct, incorrect, or nothing that can be relied on.</summary>
/// <remarks>
/// The decision is the whole reply, or stands on the reply's last line after a label. Decisions that contradict each other,
/// that are taken back, or that hold an unknown word are no decision. Case, white space and markdown do not matter.
/// </remarks>
public static class VerdictReader
{
    private const int MostFillers = 8;

    private enum Phrase
    {
        Unreadable,
        Correct,
        Incorrect,
    }

    /// <summary>Reads a verdict.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="wording">The words; English if null.</param>
    /// <returns>True for correct, false for incorrect, null if the reply says neither without doubt.</returns>
    public static bool? Read(string? reply, VerificationWording? wording = null)
    {
        if (string.IsNullOrEmpty(reply))
        {
            return null;
        }

        var visible = new TextBuffer(reply.Length);
        UntrustedText.AppendVisible(ref visible, reply);
        Phrase phrase = ReadVisible(visible.Text, wording ?? VerificationWording.English);
        visible.Dispose();
        return phrase == Phrase.Unreadable ? null : phrase == Phrase.Correct;
    }

    private static Phrase ReadVisible(ReadOnlySpan<char> text, VerificationWording wording)
    {
        if (!text.Trim().Contains('\n') && ReadPhrase(text, wording, alone: true) is var bare and not Phrase.Unreadable)
        {
            return bare;
        }

        bool seenCorrect = false;
        bool seenIncorrect = false;
        Phrase last = Phrase.Unreadable;
        foreach (Range range in text.Split('\n'))
        {
            ReadOnlySpan<char> line = SkipDecoration(text[range]);
            if (line.IsEmpty)
            {
                continue;
            }

            // The decision stands on the last line that says anything.
            last = Phrase.Unreadable;
            while (TryLabel(line, wording, out ReadOnlySpan<char> rest))
            {
                last = ReadPhrase(rest, wording, alone: false);
                seenCorrect |= last == Phrase.Correct;
                seenIncorrect |= last == Phrase.Incorrect;
                line = rest;
            }
        }

        return seenCorrect && seenIncorrect ? Phrase.Unreadable : last;
    }

    // The full label may also begin a sentence within a line, but not a quotation; a shorter one, which is an everyday word,
    // stands only at the beginning.
    private static bool TryLabel(ReadOnlySpan<char> line, VerificationWording wording, out ReadOnlySpan<char> rest)
    {
        for (int at = 0; at < line.Length; at++)
        {
            if (BeginsSentence(line, at) && Starts(line[at..], wording.Label, out int length) && TrySeparator(line[(at + length)..], out rest))
            {
                return true;
            }
        }

        for (int i = 0; i < wording.OtherLabels.Count; i++)
        {
            if (Starts(line, wording.OtherLabels[i], out int length) && TrySeparator(line[length..], out rest))
            {
                return true;
            }
        }

        rest = default;
        return false;
    }

    private static bool BeginsSentence(ReadOnlySpan<char> line, int at)
    {
        ReadOnlySpan<char> before = line[..at].TrimEnd(" \t*_#");
        return before.IsEmpty ? at == 0 || !char.IsLetterOrDigit(line[at - 1]) : before[^1] is '.' or '!' or ';' or ')' or '。' or '！';
    }

    private static bool TrySeparator(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        int at = 0;
        while (at < text.Length && text[at] is ' ' or '\t' or '*' or '_' or '`' or '"')
        {
            at++;
        }

        rest = at < text.Length ? text[(at + 1)..] : default;
        return at < text.Length && text[at] is ':' or '=' or '-' or '–' or '—' or '→';
    }

    private static Phrase ReadPhrase(ReadOnlySpan<char> text, VerificationWording wording, bool alone)
    {
        bool negated = false;
        text = SkipDecoration(text);
        for (int i = 0; i < MostFillers; i++)
        {
            int affirmative = Longest(text, wording.Affirmative);
            int negative = Longest(text, wording.Negative);
            int negation = Longest(text, wording.Negations);
            if (Math.Max(affirmative, negative) > 0 && negation <= Math.Max(affirmative, negative))
            {
                // Of two words at one place the longer is meant. One that is also a filler ("is" in some languages) is one where more follows.
                bool correct = affirmative > negative;
                ReadOnlySpan<char> after = text[Math.Max(affirmative, negative)..];
                if (correct && Longest(text, wording.Fillers) == affirmative && StartsVerdict(SkipDecoration(after), wording))
                {
                    text = SkipDecoration(after);
                    continue;
                }

                return negated && !correct ? Phrase.Unreadable : Conclude(correct != negated, after, wording, alone);
            }

            int filler = negation > 0 ? 0 : Longest(text, wording.Fillers);
            if (negation + filler == 0 || (negation > 0 && negated))
            {
                return Phrase.Unreadable;
            }

            negated |= negation > 0;
            text = SkipDecoration(text[(negation + filler)..]);
        }

        return Phrase.Unreadable;
    }

    private static Phrase Conclude(bool correct, ReadOnlySpan<char> after, VerificationWording wording, bool alone)
    {
        ReadOnlySpan<char> tail = after.TrimStart(" \t*_`\"')]}");
        if (tail.IsEmpty)
        {
            return correct ? Phrase.Correct : Phrase.Incorrect;
        }

        // The rest must be another sentence or clause. "Correct/Incorrect", "Correct?" and "Correct-ish" decide nothing.
        bool ends = tail[0] is '.' or '!' or ',' or ';' or ':' or '(' or '。' or '！' or '，' or '；' or '–' or '—' or '<'
            || (tail[0] == '-' && tail.Length > 1 && tail[1] == ' ');
        if (!ends || tail.Contains('?'))
        {
            return Phrase.Unreadable;
        }

        ReadOnlySpan<char> more = SkipDecoration(tail);
        if (alone && !more.IsEmpty)
        {
            return Phrase.Unreadable;
        }

        // "Incorrect. The correct answer is 5" stays what it is. A Correct that goes on to say the contrary does not.
        if (!correct)
        {
            return StartsVerdict(more, wording) && Longest(more, wording.Affirmative) > Longest(more, wording.Negative) ? Phrase.Unreadable : Phrase.Incorrect;
        }

        return Holds(more, wording.Negative) || Holds(more, wording.Qualifiers) || Holds(more, wording.Negations) ? Phrase.Unreadable : Phrase.Correct;
    }

    private static bool StartsVerdict(ReadOnlySpan<char> text, VerificationWording wording) =>
        Longest(text, wording.Affirmative) > 0 || Longest(text, wording.Negative) > 0;

    private static bool Holds(ReadOnlySpan<char> text, IReadOnlyList<string> words)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1]) || text[at] >= '\u2E80') && Longest(text[at..], words) > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The length of the longest of the words that the text begins with; 0 if it begins with none.</summary>
    private static int Longest(ReadOnlySpan<char> text, IReadOnlyList<string> words)
    {
        int longest = 0;
        for (int i = 0; i < words.Count; i++)
        {
            if (Starts(text, words[i], out int length) && length > longest)
            {
                longest = length;
            }
        }

        return longest;
    }

    // Words of scripts without spaces end anywhere.
    private static bool Starts(ReadOnlySpan<char> text, ReadOnlySpan<char> word, out int length)
    {
        length = 0;
        int at = 0;
        foreach (char expected in word)
        {
            if (expected == ' ')
            {
                int before = at;
                while (at < text.Length && text[at] is ' ' or '\t' or '_' or '-')
                {
                    at++;
                }

                if (at == before)
                {
                    return false;
                }

                continue;
            }

            if (at >= text.Length || char.ToLowerInvariant(text[at]) != char.ToLowerInvariant(expected))
            {
                return false;
            }

            at++;
        }

        length = at;
        return at == text.Length || !char.IsLetterOrDigit(text[at]) || text[at] >= '\u2E80';
    }

    private static ReadOnlySpan<char> SkipDecoration(ReadOnlySpan<char> text)
    {
        int at = 0;
        while (at < text.Length && !char.IsLetterOrDigit(text[at]))
        {
            at++;
        }

        return text[at..];
    }
}
