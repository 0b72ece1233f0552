using System.IO.Compression;
using System.Text.Json;

namespace AutoMix;

/// <summary>Writes traces as <see cref="TraceReader"/> reads them: one JSON object a line.</summary>
public static class TraceWriter
{
    private const double MillisecondsPerSecond = 1000;

    /// <summary>
    /// Writes a file, compressed where its name ends in <c>.gz</c>. An older file of that name is replaced only once everything has
    /// been written.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="records">The records, enumerated once.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<TraceRecord> records)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(records);
        string unfinished = path + ".tmp";
        try
        {
            using (Stream stream = Create(unfinished, path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)))
            {
                Write(stream, records);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Writes to a stream and leaves it open.</summary>
    /// <param name="stream">A writable stream.</param>
    /// <param name="records">The records, enumerated once.</param>
    public static void Write(Stream stream, IEnumerable<TraceRecord> records)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(records);
        using var json = new Utf8JsonWriter(stream);
        foreach (TraceRecord record in records)
        {
            Write(json, record);
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }
    }

    private static Stream Create(string path, bool compressed)
    {
        Stream file = File.Create(path);
        return compressed ? new GZipStream(file, CompressionLevel.Optimal) : new BufferedStream(file, 1 << 16);
    }

    private static void Write(Utf8JsonWriter json, TraceRecord record)
    {
        json.WriteStartObject();
        json.WriteString("id", record.Id);
        WriteText(json, "dataset", record.Dataset);
        WriteText(json, "split", record.Split);
        WriteText(json, "system", record.System);
        WriteText(json, "prompt", record.Prompt);
        json.WriteStartArray("models");
        foreach (TraceAnswer answer in record.Answers)
        {
            Write(json, answer);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TraceAnswer answer)
    {
        json.WriteStartObject();
        json.WriteString("model", answer.Model);
        json.WriteString("answer", answer.Answer);
        if (answer.Quality is 0 or 1)
        {
            json.WriteBoolean("correct", answer.Quality == 1);
        }
        else
        {
            json.WriteNumber("correct", answer.Quality);
        }

        if (answer.Confidence is { } confidence)
        {
            json.WriteNumber("confidence", confidence);
        }
        else
        {
            json.WriteNull("confidence");
        }

        json.WriteNumber("input_tokens", answer.InputTokens);
        json.WriteNumber("output_tokens", answer.OutputTokens);
        json.WriteNumber("answer_cost_usd", answer.AnswerCost);
        json.WriteNumber("verify_cost_usd", answer.VerifyCost);
        json.WriteNumber("latency_ms", answer.Seconds * MillisecondsPerSecond);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0)
        {
            json.WriteString(name, text);
        }
    }
}
