namespace AutoMix;

/// <summary>One run of a tool by a loop inside a model's own client.</summary>
/// <param name="CallId">The id of the call that asked for it.</param>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Result">The result.</param>
/// <param name="IsForbidden">Whether the model may not call it, so that it did not run.</param>
internal sealed record ToolRun(string CallId, string Name, IDictionary<string, object?> Arguments, object? Result, bool IsForbidden);
