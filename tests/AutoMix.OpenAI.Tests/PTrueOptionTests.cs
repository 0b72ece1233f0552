using System.Reflection;
using AutoMix.LogProbabilities;
using Microsoft.Extensions.AI;

namespace AutoMix;

/// <summary>For each setting of P(True) a test of its visible effect. The first test fails for a setting that has none.</summary>
public sealed class PTrueOptionTests
{
    private int _alternatives;
    private readonly List<(string Model, string Prompt)> _asked = [];

    [Fact]
    public void EverySetting_HasATestOfItsEffect()
    {
        string[] tests = [.. typeof(PTrueOptionTests).GetMethods().Select(m => m.Name)];

        typeof(PTrueOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => !tests.Any(t => t.StartsWith($"PTrueOptions_{p.Name}_", StringComparison.Ordinal)))
            .Should().BeEmpty();
    }

    [Fact]
    public async Task PTrueOptions_Template_IsWhatTheModelIsTold()
    {
        await AskAsync(o => o.Template = o.Template with { Instructions = "Is it a planet?" });

        _asked.Should().ContainSingle().Which.Prompt.Should().Contain("Is it a planet?");
    }

    [Theory, InlineData(1), InlineData(20)]
    public async Task PTrueOptions_Alternatives_AreAskedFor(int alternatives)
    {
        await AskAsync(o => o.Alternatives = alternatives);

        _alternatives.Should().Be(alternatives);
    }

    [Theory, InlineData(null, "small"), InlineData("large", "large")]
    public async Task PTrueOptions_Model_GivesTheVerdict(string? model, string asked)
    {
        await AskAsync(o => o.Model = model);

        _asked.Should().ContainSingle().Which.Model.Should().Be(asked);
    }

    private async Task AskAsync(Action<PTrueOptions> set)
    {
        using AutoMixChatClient client = new AutoMixBuilder(new Model(this, "small")).FirstModel("small")
            .AddModel("large", new Model(this, "large"))
            .VerifyWith(new PTrueVerifier(set, new Protocol(this)))
            .Build();
        await client.GetResponseAsync("Which is the smallest planet?");
    }

    private sealed class Protocol(PTrueOptionTests test) : ILogProbabilityProtocol
    {
        public void Request(ChatOptions options, int alternatives) => test._alternatives = alternatives;

        public IReadOnlyList<TokenLogProbability> Read(object? rawRepresentation) => [new("Correct", Math.Log(0.9), [])];
    }

    private sealed class Model(PTrueOptionTests test, string name) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            if (options?.AdditionalProperties?.ContainsKey(RequestTags.Purpose) == true)
            {
                test._asked.Add((name, string.Join('\n', messages.Select(m => m.Text))));
            }

            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Mercury")));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
