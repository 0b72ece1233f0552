using Microsoft.Extensions.AI;

namespace AutoMix.Tool.Providers;

public sealed class ToolConfigurationTests : IDisposable
{
    private readonly ToolRun _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Load_AFile_KeepsTheOrderOfTheModelsAndReadsPricesAsAnApplicationDoes()
    {
        ToolConfiguration configuration = Load(
            """
            {
              // Comments are allowed.
              "Providers": [
                { "Name": "zeta", "Endpoint": "http://localhost:1/v1", "Model": "z-1", "Concurrency": 9, "Headers": { "X-A": "{id}" } },
                { "Name": "alpha", "Ollama": "http://localhost:11434" }
              ],
              "Verification": { "Confidence": "PTrue" },
              "AutoMix": { "KeepQuality": 0.98, "Models": { "zeta": { "InputPrice": 1, "OutputPrice": 2 } } }
            }
            """);
        configuration.Providers.Select(provider => (provider.Name, provider.ModelId)).Should().Equal(("zeta", "z-1"), ("alpha", "alpha"));
        configuration.Providers[0].Headers["X-A"].Should().Be("{id}");
        configuration.Verification.Create()!.Name.Should().Be("p-true");
        configuration.Pipeline.KeepQuality.Should().Be(0.98);
        configuration.PriceOf("zeta").Should().Be(ModelPrice.PerMillionTokens(1, 2));
        configuration.PriceOf("alpha").Should().BeNull();
    }

    [Theory]
    [InlineData("""{ "Provider": [] }""", "Provider")]
    [InlineData("""{ "Providers": [] }""", "empty")]
    [InlineData("""{ "Providers": [ { "Name": "a" } ] }""", "one of Endpoint, Ollama and Assembly")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Endpoint": "http://x", "Ollama": "http://y" } ] }""", "one of Endpoint, Ollama and Assembly")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Endpoint": "http://x", "Concurency": 3 } ] }""", "Concurency")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Endpoint": "http://x", "Concurrency": 0 } ] }""", "Concurrency")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Endpoint": "http://x" }, { "Name": "a", "Endpoint": "http://x" } ] }""", "'a'")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Assembly": "x.dll" } ] }""", "Factory")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Endpoint": "http://x" } ], "Verification": { "Samples": 0 } }""", "Samples")]
    [InlineData("{ nonsense", "automix.json")]
    public void Load_WhatCannotBeUsed_NamesFileAndSetting(string text, string named)
    {
        Action load = () => Load(text);
        load.Should().Throw<FormatException>().WithMessage($"*automix.json*{(named == "automix.json" ? "" : named)}*");
    }

    [Theory]
    [InlineData("AutoMix.Tool.Providers.ToolConfigurationTests.CreateModel", "with-name")]
    [InlineData("AutoMix.Tool.Providers.ToolConfigurationTests.CreateAnyModel", "any")]
    public void Create_FromAnAssembly_CallsItsFactory(string factory, string id)
    {
        using IChatClient client = AssemblyProvider.Create(typeof(ToolConfigurationTests).Assembly.Location, factory, "with-name");
        client.GetService<ChatClientMetadata>()!.DefaultModelId.Should().Be(id);
    }

    [Theory]
    [InlineData("AutoMix.Tool.Providers.ToolConfigurationTests.Nothing")]
    [InlineData("Nothing")]
    [InlineData("AutoMix.Tool.Providers.ToolConfigurationTests.Dispose")]
    public void Create_FromAnAssemblyWithoutSuchAMethod_SaysWhatItLooksFor(string factory)
    {
        Action create = () => AssemblyProvider.Create(typeof(ToolConfigurationTests).Assembly.Location, factory, "m");
        create.Should().Throw<FormatException>().WithMessage($"*{factory}*IChatClient*");
    }

    public static IChatClient CreateModel(string model) => new Named(model);

    public static IChatClient CreateAnyModel() => new Named("any");

    private ToolConfiguration Load(string text)
    {
        File.WriteAllText(_files.Path("automix.json"), text);
        return ToolConfiguration.Load(new FileInfo(_files.Path("automix.json")));
    }

    private sealed class Named(string model) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("test", null, model) : null;

        public void Dispose()
        {
        }
    }
}
