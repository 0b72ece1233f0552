using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>Reads the finish reason of an answer. Adapters pass on words of their provider, so the known words of all providers are read.</summary>
internal static class FinishReasons
{
    /// <summary>Why an answer that ended so is not to be trusted as whole; null if it may be.</summary>
    public static FailureKind? Failure(ChatFinishReason? reason) =>
        reason is not { } given || given == ChatFinishReason.Stop || given == ChatFinishReason.ToolCalls || given == ChatFinishReason.Length ? null
        : given == ChatFinishReason.ContentFilter || IsFilter(given.Value) ? FailureKind.ContentFilter
        : IsError(given.Value) ? FailureKind.CutOff
        : null;

    /// <summary>Whether the answer reached a limit of its length.</summary>
    public static bool IsLength(ChatFinishReason? reason) =>
        reason is { } given && (given == ChatFinishReason.Length || Is(given.Value, "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"));

    private static bool IsFilter(string word) =>
        Is(word, "content_filtered", "refusal", "safety", "blocked", "blocklist", "prohibited_content", "recitation", "guardrail_intervened");

    private static bool IsError(string word) =>
        Is(word, "error", "network_error", "insufficient_system_resource", "malformed_function_call", "abort", "aborted", "cancelled", "canceled");

    private static bool Is(string word, params ReadOnlySpan<string> known)
    {
        foreach (string one in known)
        {
            if (word.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
