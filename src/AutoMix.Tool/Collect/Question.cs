namespace AutoMix.Tool.Collect;

/// <summary>One question to ask every model.</summary>
/// <param name="Id">Unique in its file.</param>
/// <param name="System">The system prompt; empty for none.</param>
/// <param name="Prompt">What the user says.</param>
/// <param name="References">The answers that count as correct, each of which suffices.</param>
/// <param name="Dataset">Copied into the trace.</param>
/// <param name="Split">Copied into the trace.</param>
internal sealed record Question(string Id, string System, string Prompt, IReadOnlyList<string> References, string Dataset, string Split);
