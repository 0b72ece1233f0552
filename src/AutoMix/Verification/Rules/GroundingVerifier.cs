using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>How much of an answer is in its context, word for word: a cheap stand-in for entailment.</summary>
internal sealed class GroundingVerifier : IVerifier
{
    private const int LeastQuotedWords = 3;
    private readonly GroundingOptions _options;

    public GroundingVerifier(GroundingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Words, 1);
        if (!(options.RejectBelow is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.RejectBelow, $"{nameof(GroundingOptions.RejectBelow)} is a number in [0, 1].");
        }

        _options = options;
    }

    public string Name => "grounding";

    public bool IsFree => true;

    public string Fingerprint => FormattableString.Invariant(
        $"{Name}:{_options.Words};{_options.RejectBelow};{_options.CheckQuotations};{_options.AsConfidence};{_options.Context is null}");

    public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(Check(context));
    }

    private Verdict Check(VerificationContext context)
    {
        string[] known = Words(_options.Context?.Invoke(context) ?? EverythingAsked(context));
        string[] said = Words(context.Text);
        if (said.Length == 0 || known.Length == 0)
        {
            return Verdict.Unknown(said.Length == 0 ? "the answer has no words" : "there is no context to compare with");
        }

        if (_options.CheckQuotations && MissingQuotation(context.Text, known) is { } missing)
        {
            return Verdict.Reject($"a quotation of {missing} words is not in the context");
        }

        int words = Math.Min(_options.Words, said.Length);
        var pieces = new HashSet<string>(Pieces(known, words), StringComparer.Ordinal);
        double share = Pieces(said, words).Average(piece => pieces.Contains(piece) ? 1.0 : 0);
        string note = string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the answer's pieces of {words} words are in the context");
        return share < _options.RejectBelow ? Verdict.Reject(note)
            : _options.AsConfidence ? Verdict.OfConfidence(share, note)
            : Verdict.Pass(note);
    }

    private static int? MissingQuotation(string text, string[] known)
    {
        string whole = $" {string.Join(' ', known)} ";
        int from = -1;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('"' or '\u201C' or '\u201D' or '\u00AB' or '\u00BB'))
            {
                continue;
            }

            if (from < 0 || text[i] is '\u201C' or '\u00AB')
            {
                from = i + 1;
                continue;
            }

            string[] quoted = Words(text[from..i]);
            from = -1;
            if (quoted.Length >= LeastQuotedWords && !whole.Contains($" {string.Join(' ', quoted)} ", StringComparison.Ordinal))
            {
                return quoted.Length;
            }
        }

        return null;
    }

    private static string EverythingAsked(VerificationContext context)
    {
        var text = new StringBuilder(context.Options?.Instructions).Append('\n');
        foreach (AIContent content in context.Messages.SelectMany(message => message.Contents))
        {
            text.Append(content switch
            {
                TextContent part => part.Text,
                FunctionResultContent result => result.Result?.ToString(),
                _ => null,
            }).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> Pieces(string[] words, int length)
    {
        for (int i = 0; i + length <= words.Length; i++)
        {
            yield return string.Join(' ', words, i, length);
        }
    }

    private static string[] Words(string text)
    {
        var words = new List<string>();
        int from = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                from = from < 0 ? i : from;
            }
            else if (from >= 0)
            {
                words.Add(text[from..i].ToLowerInvariant());
                from = -1;
            }
        }

        return [.. words];
    }
}
