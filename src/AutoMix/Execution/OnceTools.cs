using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>
/// Keeps a tool that one model's own function-invocation loop has run from running again when another model of the same request
/// asks for the same call: the recorded result is handed out instead. Within one attempt a tool may run as often as the model
/// likes. Calls that the application makes above the pipeline are not touched: it holds the tools themselves.
/// </summary>
internal sealed class OnceTools
{
    private readonly ConcurrentDictionary<string, Recorded> _recorded = new(StringComparer.Ordinal);
    private int _attempt;

    public IList<AITool> Wrap(IList<AITool> tools)
    {
        int attempt = Interlocked.Increment(ref _attempt);
        var wrapped = new List<AITool>(tools.Count);
        foreach (AITool tool in tools)
        {
            wrapped.Add(tool is AIFunction function ? new Once(function, this, attempt) : tool);
        }

        return wrapped;
    }

    private sealed class Recorded
    {
        public List<Task<object?>> Results { get; } = [];

        // How many of the recorded results each attempt has been handed.
        public Dictionary<int, int> Taken { get; } = [];
    }

    private sealed class Once(AIFunction inner, OnceTools owner, int attempt) : DelegatingAIFunction(inner)
    {
        protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            Recorded recorded = owner._recorded.GetOrAdd(Key(arguments), static _ => new());
            TaskCompletionSource<object?>? mine = null;
            Task<object?> result;
            lock (recorded)
            {
                int taken = recorded.Taken.GetValueOrDefault(attempt);
                recorded.Taken[attempt] = taken + 1;
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
                // An attempt that is given up does not undo what its tool has begun: the next one waits for the same run.
                object? value = await base.InvokeCoreAsync(arguments, cancellationToken).ConfigureAwait(false);
                mine.SetResult(value);
                return value;
            }
            catch (Exception e)
            {
                // A tool that failed has given no result to hand out; the next attempt may try it.
                lock (recorded)
                {
                    recorded.Results.Remove(result);
                }

                mine.SetException(e);
                _ = mine.Task.Exception;
                throw;
            }
        }

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
                    writer.WriteStringValue(value switch
                    {
                        null => "null",
                        JsonElement element => element.GetRawText(),
                        string text => $"\"{JsonEncodedText.Encode(text)}\"",
                        _ => value.ToString(),
                    });
                }

                writer.WriteEndArray();
            }

            return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
        }
    }
}
