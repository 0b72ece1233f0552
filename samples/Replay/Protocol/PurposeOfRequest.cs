namespace AutoMix.Replay;

/// <summary>Tells a request for the answer from one for its verification: by the header, else by what the messages hold.</summary>
internal static class PurposeOfRequest
{
    public static Purpose Find(string? header, CompletionRequest request, RecordedAnswer recorded)
    {
        switch (header)
        {
            case "answer":
                return Purpose.Answer;
            case "verification":
                return Purpose.Verification;
            case null or "":
                break;
            default:
                throw new RefusedRequestException(400, "invalid_purpose", null, $"The header {ReplayHeaders.Purpose} is '{header}'; it is 'answer', 'verification' or absent.");
        }

        string lastOfUser = request.Messages!.LastOrDefault(message => message.Role == "user")?.Text ?? "";
        if (lastOfUser.Trim() == recorded.Record.Prompt.Trim())
        {
            return Purpose.Answer;
        }

        // A verifier frames, fences and escapes what it quotes, so only letters and digits are compared.
        string everything = LettersAndDigits(string.Join('\n', request.Messages!.Select(message => message.Text)));
        string question = LettersAndDigits(recorded.Record.Prompt);
        int at = everything.IndexOf(question, StringComparison.Ordinal);
        if (at >= 0 && everything.IndexOf(LettersAndDigits(recorded.Answer.Answer), at + question.Length, StringComparison.Ordinal) >= 0)
        {
            return Purpose.Verification;
        }

        throw new RefusedRequestException(
            400,
            "purpose_not_recognised",
            "messages",
            $"The last user message is not the prompt of record '{recorded.Record.Id}', and the messages do not quote that prompt followed by the recorded answer of '{recorded.Answer.Model}'. Send the prompt as recorded, or say 'answer' or 'verification' in the header {ReplayHeaders.Purpose}.");
    }

    private static string LettersAndDigits(string text) =>
        string.Concat(text.Where(char.IsLetterOrDigit));
}
