using System.Text.Json;

namespace AutoMix.Tool.Conversions;

/// <summary>LiteLLM's StandardLoggingPayload, as its callbacks and its proxy write it.</summary>
internal static class LiteLlmLog
{
    private const double MostDollars = 1e9;

    public static IEnumerable<LoggedCall?> Read(string path)
    {
        foreach ((JsonElement root, _) in JsonLines.Read(path))
        {
            // The payload stands alone, or in the keyword arguments of a callback.
            JsonElement payload = ChatJson.Find(root, "standard_logging_object") ?? root;
            bool failed = ChatJson.Text(payload, "status") is { } status && status != "success";
            JsonElement? response = ChatJson.Find(payload, "response");
            yield return !failed
                && ChatJson.Question(ChatJson.Find(payload, "messages")) is { } question
                && (ChatJson.Text(payload, "model_group") ?? ChatJson.Text(payload, "model")) is { Length: > 0 } model
                && response is { } completion && ChatJson.Answer(completion) is { } answer
                ? new LoggedCall
                {
                    System = question.System,
                    Prompt = question.Prompt,
                    Model = model,
                    Answer = answer,
                    InputTokens = (long)(ChatJson.Number(payload, "prompt_tokens") ?? ChatJson.Number(completion, "usage", "prompt_tokens") ?? 0),
                    OutputTokens = (long)(ChatJson.Number(payload, "completion_tokens") ?? ChatJson.Number(completion, "usage", "completion_tokens") ?? 0),
                    Cost = ChatJson.Number(payload, "response_cost") is >= 0 and < MostDollars and var dollars ? (decimal)dollars : null,
                    Seconds = ChatJson.Number(payload, "endTime") - ChatJson.Number(payload, "startTime") is >= 0 and var seconds ? seconds : 0,
                }
                : null;
        }
    }
}
