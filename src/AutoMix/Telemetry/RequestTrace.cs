using System.Diagnostics;

namespace AutoMix;

/// <summary>The span of one request, where someone listens.</summary>
internal sealed record RequestTrace(Activity Activity);
