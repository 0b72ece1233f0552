using AutoMix;
using Microsoft.Extensions.AI;

// Runs the README's blocks over simulated models.
foreach (Func<Task> block in Readme.Blocks)
{
    await block();
}

Console.WriteLine($"all {Readme.Blocks.Length} blocks ran");

internal static partial class Readme
{
    // What the blocks take as given.
    private static readonly IChatClient small = new Simulated("small"), large = new Simulated("large");
    private static readonly IChatClient client = small.AsBuilder().UseAutoMix(mix => mix.AddModel("large", large)).Build();
    private static readonly AutoMixBuilder mix = NewBuilder();
    private static readonly CascadePlan plan = CascadeTrainer.Fit(TraceReader.Read("traces.jsonl.gz")).Solve(Goal.KeepQuality(0.9));

    private static AutoMixBuilder NewBuilder()
    {
        AutoMixBuilder? builder = null;
        small.AsBuilder().UseAutoMix(mix => builder = mix.AddModel("large", large)).Build();
        return builder!;
    }
}

internal sealed class Simulated(string name) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        bool vote = options?.AdditionalProperties?.ContainsKey(RequestTags.Purpose) == true;
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, vote ? "Verification Decision: Correct" : $"the answer of {name}")) { FinishReason = ChatFinishReason.Stop });
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
