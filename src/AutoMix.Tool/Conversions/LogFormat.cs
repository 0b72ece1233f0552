namespace AutoMix.Tool.Conversions;

/// <summary>What <c>automix convert</c> reads.</summary>
internal enum LogFormat
{
    /// <summary>Traces, or RouterBench's wide table as CSV or JSON lines.</summary>
    RouterBench,

    /// <summary>The table of the AutoMix paper's code: one row a question, with columns for two models and a verifier.</summary>
    Reference,

    /// <summary>LiteLLM's standard logging payloads, one JSON object a line.</summary>
    LiteLlm,

    /// <summary>OpenAI's batch files (requests and outputs), stored completions, or pairs of request and response.</summary>
    OpenAI,

    /// <summary>Spans of Microsoft.Extensions.AI in OTLP JSON, one export a line.</summary>
    OpenTelemetry,
}
