namespace AutoMix;

/// <summary>One run of a tool by a loop inside a model's own client.</summary>
/// <param name="CallId">The id of the call that asked for it.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">What it was called with.</param>
/// <param name="Result">What it gave.</param>
/// <param name="IsForbidden">Whether the model may not call it, so that it did not run.</param>
internal sealed record ToolRun(string CallId, string Name, IDictionary<string, object?> Arguments, object? Result, bool IsForbidden);
