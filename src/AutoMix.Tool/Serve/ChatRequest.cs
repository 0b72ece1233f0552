using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Serve;

/// <summary>A chat completion request, as the pipeline takes it.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="Options">Everything else that concerns the answer.</param>
/// <param name="Stream">Whether it is wanted piece by piece.</param>
/// <param name="IncludeUsage">Whether a stream ends with its usage.</param>
internal sealed record ChatRequest(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, bool Stream, bool IncludeUsage);
