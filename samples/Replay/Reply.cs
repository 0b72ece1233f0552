using System.Text;

namespace AutoMix.Replay;

/// <summary>What is said, with what evidence, at what usage.</summary>
internal sealed record Reply(string Text, TokenLogprob? Logprob, TokenCounts Tokens)
{
    private const string Correct = "Correct";
    private const string Incorrect = "Incorrect";
    private const string NoVerdict = "I cannot tell.";

    // What OpenAI sends for a token too unlikely to have a log-probability.
    private const double Impossible = -9999.0;

    /// <summary>The recorded answer; where it carries its confidence and log-probabilities are asked for, it shows it.</summary>
    public static Reply ToQuestion(RecordedAnswer recorded, CompletionRequest request) =>
        new(
            recorded.Answer.Answer,
            request.Logprobs == true && recorded.CarriesConfidence ? Token(recorded.Answer.Answer, recorded.Answer.Confidence!.Value, request, null) : null,
            recorded.Tokens);

    /// <summary>
    /// The verdict on the recorded answer: with a seed the vote that the seed chooses, without one a verdict whose only token
    /// carries the confidence as its probability.
    /// </summary>
    public static Reply ToVerification(RecordedAnswer recorded, CompletionRequest request, int samples)
    {
        if (recorded.Answer.Confidence is not double confidence)
        {
            return new Reply(NoVerdict, null, recorded.Verification);
        }

        bool isCorrect = request switch
        {
            { Seed: < 0 } => throw new RefusedRequestException(400, "invalid_seed", "seed", $"'seed' is {request.Seed}; votes are counted from 0."),
            { Seed: long seed } => Votes.SaysCorrect(confidence, samples, seed),
            { Logprobs: true } => true,
            _ => throw new RefusedRequestException(
                400,
                "seed_required",
                "seed",
                "A verification without log-probabilities is one vote, and 'seed' says which of them. Send 'seed' from 0, or 'logprobs': true."),
        };
        string verdict = isCorrect ? Correct : Incorrect;
        return new Reply(
            verdict,
            request.Logprobs == true ? Token(verdict, isCorrect ? confidence : 1 - confidence, request, isCorrect ? Incorrect : Correct) : null,
            recorded.Verification);
    }

    /// <summary>The text in pieces that add up to it, as a stream would bring it.</summary>
    public IEnumerable<string> Pieces()
    {
        // The log-probability belongs to one token, so its text is not divided.
        if (Logprob is not null)
        {
            yield return Text;
            yield break;
        }

        int start = 0;
        for (int i = 1; i < Text.Length; i++)
        {
            if (char.IsWhiteSpace(Text[i]) && !char.IsWhiteSpace(Text[i - 1]))
            {
                yield return Text[start..i];
                start = i;
            }
        }

        if (start < Text.Length)
        {
            yield return Text[start..];
        }
    }

    private static TokenLogprob Token(string text, double probability, CompletionRequest request, string? alternative)
    {
        List<TopLogprob> top = [];
        if (request.TopLogprobs > 0)
        {
            top.Add(new TopLogprob(text, Log(probability), Bytes(text)));
        }

        if (request.TopLogprobs > 1 && alternative is not null)
        {
            top.Add(new TopLogprob(alternative, Log(1 - probability), Bytes(alternative)));
        }

        top.Sort((x, y) => y.Logprob.CompareTo(x.Logprob));
        return new TokenLogprob(text, Log(probability), Bytes(text), top);
    }

    private static double Log(double probability) => probability > 0 ? Math.Log(probability) : Impossible;

    private static int[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(b => (int)b)];
}
