using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace AutoMix;

/// <summary>The prompt for a verifying model: instructions, worked demonstrations, and the words of the verdict.</summary>
/// <remarks>
/// Instructions and demonstrations are the same for every request and come first, so that a provider's prompt cache can keep
/// them. The case to judge comes last. Immutable.
/// </remarks>
public sealed record VerificationTemplate
{
    private static readonly VerificationTemplate[] BuiltIn = [.. Enum.GetValues<VerificationTask>().Select(DemonstrationTexts.For)];

    // The preamble and the pattern of a template are kept beside it, so that a copy with other words makes its own.
    private static readonly ConditionalWeakTable<VerificationTemplate, Made> AllMade = new();

    /// <summary>
    /// The instructions in the system message. {0} stands for the label, {1} and {2} for the two words, of the decision.
    /// </summary>
    public string Instructions { get; init; } = DemonstrationTexts.Instructions;

    /// <summary>The note before the case to judge. {0} stands for the code of its markers.</summary>
    public string CaseNote { get; init; } = DemonstrationTexts.CaseNote;

    /// <summary>Worked cases, after the instructions.</summary>
    public IReadOnlyList<VerificationDemonstration> Demonstrations { get; init; } = [];

    /// <summary>The words of the verdict.</summary>
    public VerificationWording Wording { get; init; } = VerificationWording.English;

    /// <summary>The name of the block of context: letters only.</summary>
    public string ContextName { get; init; } = "context";

    /// <summary>The name of the block of the question: letters only.</summary>
    public string QuestionName { get; init; } = "question";

    /// <summary>The name of the block of the answer: letters only.</summary>
    public string AnswerName { get; init; } = "answer";

    /// <summary>The text of an empty block.</summary>
    public string Nothing { get; init; } = "(none)";

    /// <summary>The beginning of the reply.</summary>
    public string Cue { get; init; } = "Verification:";

    /// <summary>The built-in template for a kind of task, in English.</summary>
    /// <param name="task">The kind of task.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    public static VerificationTemplate For(VerificationTask task) => Enum.IsDefined(task)
        ? BuiltIn[(int)task]
        : throw new ArgumentOutOfRangeException(nameof(task), task, "There is no such task.");

    /// <summary>All that the model is told and all words that its reply is read by, as one text: equal for templates that do the same.</summary>
    public string Fingerprint => string.Join(
        '\u001f',
        [Preamble, CaseNote, ContextName, QuestionName, AnswerName, Nothing, Cue, Wording.Label,
        .. Wording.OtherLabels, "+", .. Wording.Affirmative, "-", .. Wording.Negative, "!", .. Wording.Negations, "~", .. Wording.Fillers, "?", .. Wording.Qualifiers]);

    /// <summary>The system message: instructions and demonstrations.</summary>
    internal string Preamble => AllMade.GetValue(this, static template => new(template)).Preamble;

    /// <summary>The pattern of markers and verdicts, which text to be judged must not contain.</summary>
    internal Regex Planted => AllMade.GetValue(this, static template => new(template)).Planted;

    internal void Check()
    {
        Wording.Check();
        foreach (string name in (ReadOnlySpan<string>)[ContextName, QuestionName, AnswerName])
        {
            if (string.IsNullOrEmpty(name) || !name.All(char.IsLetter))
            {
                throw new ArgumentException($"The name of a block is made of letters only, not '{name}'.");
            }
        }
    }

    private string BuildPreamble()
    {
        var text = new StringBuilder(Replace(Instructions, Wording.Label, Wording.Affirmative[0], Wording.Negative[0]));
        foreach (VerificationDemonstration case_ in Demonstrations)
        {
            text.Append("\n\n");
            Block(ContextName, case_.Context ?? Nothing);
            Block(QuestionName, case_.Question);
            Block(AnswerName, case_.Answer);
            text.Append(Cue).Append(' ').Append(case_.Verification).Append('\n');
            text.Append(Wording.Label).Append(": ").Append(case_.IsCorrect ? Wording.Affirmative[0] : Wording.Negative[0]);
        }

        return text.ToString();

        void Block(string name, string content) =>
            text.Append('<').Append(name).Append(">\n").Append(content).Append("\n</").Append(name).Append(">\n");
    }

    private static string Replace(string text, params ReadOnlySpan<string> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            text = text.Replace($"{{{i}}}", values[i], StringComparison.Ordinal);
        }

        return text;
    }

    // Bounded repetitions only, so that no text can make the search slow.
    private Regex BuildPlanted()
    {
        string names = Either([ContextName, QuestionName, AnswerName]);
        string words = Either([.. Wording.Affirmative, .. Wording.Negative]);
        string labels = Either([.. Wording.OtherLabels]);
        string pattern = $@"(?:<|&lt;?|&#0{{0,6}}60;?|&#x0{{0,6}}3c;?)\s{{0,8}}[/\\]?\s{{0,8}}(?:{names})\b"
            + $@"|{Spaced(Wording.Label)}"
            + (Wording.OtherLabels.Count > 0 ? $@"|(?<!\w)(?:{labels})[\W_]{{0,8}}(?:{words})(?!\w)" : "");
        return new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }

    private static string Either(IReadOnlyList<string> words) => string.Join('|', words.OrderByDescending(word => word.Length).Select(Spaced));

    private static string Spaced(string words) => string.Join(@"[\W_]{0,8}", words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape));

    private sealed class Made(VerificationTemplate template)
    {
        public string Preamble { get; } = template.BuildPreamble();

        public Regex Planted { get; } = template.BuildPlanted();
    }
}
