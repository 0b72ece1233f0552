namespace AutoMix;

/// <summary>Phrases that give an answer away as a refusal or as hedging, to be found at the beginning of a sentence.</summary>
internal static class PhraseList
{
    public static readonly string[] Refusals =
    [
        "i can't help", "i cannot help", "i can't assist", "i cannot assist", "i'm unable to", "i am unable to", "i'm not able to",
        "i am not able to", "i can't provide", "i cannot provide", "i can't answer", "i cannot answer", "i won't be able to",
        "i must decline", "i'm sorry, but i can't", "i'm sorry, but i cannot", "sorry, i can't", "sorry, but i can't",
        "i apologize, but i can't", "i apologize, but i cannot", "as an ai language model, i", "as an ai, i can",
        "i don't have enough information", "i do not have enough information", "i don't know", "i do not know",
        "i don't have access", "i do not have access",
    ];

    public static readonly string[] Hedges =
    [
        "i'm not sure", "i am not sure", "i'm not certain", "i am not certain", "i might be wrong", "i may be wrong",
        "i could be wrong", "it's hard to say", "it is hard to say", "it's difficult to say", "i would guess", "my best guess",
        "i think", "i believe", "as far as i know", "to the best of my knowledge", "it is possible that", "it's possible that",
    ];

    /// <summary>The first of the phrases that begins a sentence within the first characters; null if none does.</summary>
    public static string? Find(ReadOnlySpan<char> text, IReadOnlyList<string> phrases, int within)
    {
        var visible = new TextBuffer(text.Length);
        UntrustedText.AppendVisible(ref visible, text);
        ReadOnlySpan<char> start = visible.Text[..Math.Min(visible.Length, within)];
        string? found = null;
        for (int at = 0; at < start.Length && found is null; at++)
        {
            if (!BeginsSentence(start, at))
            {
                continue;
            }

            foreach (string phrase in phrases)
            {
                if (start[at..].StartsWith(phrase, StringComparison.OrdinalIgnoreCase))
                {
                    found = phrase;
                    break;
                }
            }
        }

        visible.Dispose();
        return found;
    }

    private static bool BeginsSentence(ReadOnlySpan<char> text, int at)
    {
        if (!char.IsLetter(text[at]))
        {
            return false;
        }

        ReadOnlySpan<char> before = text[..at].TrimEnd(" \t*_\"'`>#-(");
        return before.IsEmpty || before[^1] is '.' or '!' or '?' or '\n' or ':' or ';' or ',';
    }
}
