using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// Runs a tool call once for all models of a request. If one model's function-invocation loop has run it, another model that asks for
/// the same call gets the recorded result. Within one attempt a tool may run as often as the model likes. Calls that the application
/// makes above the pipeline are not affected, because it holds the tools themselves.
/// </summary>
internal sealed class OnceTools
{
    private readonly ConcurrentDictionary<string, Recorded> _recorded = new(StringComparer.Ordinal);

    /// <summary>Wraps the tools for one attempt.</summary>
    /// <param name="tools">The caller's tools.</param>
    /// <param name="runs">Receives the runs of the attempt.</param>
    /// <param name="isForbidden">Whether the attempt's model may not call a tool of that name.</param>
    public IList<AITool> Wrap(IList<AITool> tools, List<ToolRun> runs, Func<string, bool> isForbidden)
    {
        var wrapped = new List<AITool>(tools.Count);
        foreach (AITool tool in tools)
        {
            wrapped.Add(tool is AIFunction function ? new Once(function, this, runs, isForbidden(function.Name)) : tool);
        }

        return wrapped;
    }

    private sealed class Recorded
    {
        public List<Task<object?>> Results { get; } = [];

        // The number of recorded results that each attempt has been given.
        public Dictionary<object, int> Taken { get; } = new(ReferenceEqualityComparer.Instance);
    }

    private sealed class Once(AIFunction inner, OnceTools owner, List<ToolRun> runs, bool isForbidden) : DelegatingAIFunction(inner)
    {
        protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            if (isForbidden)
            {
                Note(arguments, null);
                throw new InvalidOperationException($"The tool '{Name}' demands a stronger model.");
            }

            Recorded recorded = owner._recorded.GetOrAdd(Key(arguments), static _ => new());
            TaskCompletionSource<object?>? mine = null;
            Task<object?> result;
            lock (recorded)
            {
                int taken = recorded.Taken.GetValueOrDefault(runs);
                recorded.Taken[runs] = taken + 1;
                if (taken < recorded.Results.Count)
                {
                    result = recorded.Results[taken];
                }
                else
                {
                    mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    result = mine.Task;
                    recorded.Results.Add(result);
                }
            }

            if (mine is null)
            {
                return await result.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            try
            {
                // A tool goes on after its attempt is given up. The next attempt waits for the same run.
                object? value = await base.InvokeCoreAsync(arguments, cancellationToken).ConfigureAwait(false);
                mine.SetResult(value);
                Note(arguments, value);
                return value;
            }
            catch (Exception e)
            {
                // A tool that failed has no result. The next attempt may run it.
                lock (recorded)
                {
                    recorded.Results.Remove(result);
                }

                mine.SetException(e);
                _ = mine.Task.Exception;
                throw;
            }
        }

        private void Note(AIFunctionArguments arguments, object? result)
        {
            lock (runs)
            {
                string id = FunctionInvokingChatClient.CurrentContext?.CallContent.CallId is { Length: > 0 } own ? own : $"ran-{runs.Count}";
                runs.Add(new(id, Name, new Dictionary<string, object?>(arguments), result, isForbidden));
            }
        }

        // Models write the same call with other white space, numbers and orders of properties.
        private string Key(AIFunctionArguments arguments)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartArray();
                writer.WriteStringValue(Name);
                foreach ((string name, object? value) in arguments.OrderBy(a => a.Key, StringComparer.Ordinal))
                {
                    writer.WriteStringValue(name);
                    WriteCanonical(writer, value);
                }

                writer.WriteEndArray();
            }

            return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
        }

        private static void WriteCanonical(Utf8JsonWriter writer, object? value)
        {
            switch (value)
            {
                case null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined }:
                    writer.WriteNullValue();
                    break;
                case string text:
                    writer.WriteStringValue(text);
                    break;
                case JsonElement { ValueKind: JsonValueKind.String } text:
                    writer.WriteStringValue(text.GetString());
                    break;
                case bool flag:
                    writer.WriteBooleanValue(flag);
                    break;
                case JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } flag:
                    writer.WriteBooleanValue(flag.GetBoolean());
                    break;
                case JsonElement { ValueKind: JsonValueKind.Number } number:
                    WriteNumber(writer, number.GetRawText());
                    break;
                case JsonElement { ValueKind: JsonValueKind.Array } array:
                    writer.WriteStartArray();
                    foreach (JsonElement item in array.EnumerateArray())
                    {
                        WriteCanonical(writer, item);
                    }

                    writer.WriteEndArray();
                    break;
                case JsonElement { ValueKind: JsonValueKind.Object } members:
                    writer.WriteStartObject();
                    foreach (JsonProperty member in members.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                    {
                        writer.WritePropertyName(member.Name);
                        WriteCanonical(writer, member.Value);
                    }

                    writer.WriteEndObject();
                    break;
                case IFormattable other and not (byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal):
                    writer.WriteStringValue(other.ToString(null, CultureInfo.InvariantCulture));
                    break;
                case IFormattable number:
                    WriteNumber(writer, number.ToString(null, CultureInfo.InvariantCulture));
                    break;
                default:
                    WriteCanonical(writer, JsonValue.Of(value) ?? (object)$"{value.GetType()} {value}");
                    break;
            }
        }

        private static void WriteNumber(Utf8JsonWriter writer, string text)
        {
            if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact))
            {
                // Dividing by one removes trailing zeros.
                writer.WriteNumberValue(exact / 1.0000000000000000000000000000m);
            }
            else
            {
                writer.WriteStringValue(text);
            }
        }
    }
}
