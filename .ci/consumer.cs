using AutoMix;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

// Runs the README's blocks over simulated models.
foreach (Func<Task> block in Readme.Blocks)
{
    await block();
}

Console.WriteLine($"all {Readme.Blocks.Length} blocks ran");

// A service with a verifier and a policy of its own: the small model's answer is doubted, the large model's returned.
var services = new ServiceCollection();
services.AddChatClient(new Simulated("small")).UseAutoMix(mix => mix
    .AddModel("large", new Simulated("large"))
    .VerifyWith(new LengthVerifier())
    .RouteWith(new DoubtfulPolicy()));
await using ServiceProvider provider = services.BuildServiceProvider();
ChatResponse response = await provider.GetRequiredService<IChatClient>().GetResponseAsync("Where is Rome?");
RoutingRecord record = response.GetRoutingRecord()!;
string path = string.Join(", ", record.Decisions.Select(decision => $"{decision.Kind} {decision.Model}"));
Console.WriteLine($"{response.Text}: {path}");
return response.Text == "the answer of large" && record.Decisions.Any(decision => decision.Kind == CascadeActionKind.Verify) ? 0 : 1;

internal sealed class LengthVerifier : IVerifier
{
    public bool IsFree => false;

    public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default) =>
        new(context.Text.Length > 100 ? Verdict.Pass() : Verdict.Reject("the answer is short"));
}

internal sealed class DoubtfulPolicy : IRoutingPolicy
{
    public ValueTask<RoutingDecision> DecideAsync(RoutingView context, CancellationToken cancellationToken) => new(
        context.Attempts.Count == 0 ? RoutingDecision.Call(0)
        : context.Attempts is [{ Verdicts.Count: 0 } first] ? RoutingDecision.Verify(first)
        : context.CanCall(1) ? RoutingDecision.Call(1, final: true, reason: "the first answer is doubtful")
        : RoutingDecision.Accept(context.Attempts[^1]));
}

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
