namespace AutoMix.Quickstart;

public sealed class QuickstartArgumentsTests
{
    [Fact]
    public void Parse_Nothing_MeansSimulatedModels()
    {
        QuickstartArguments arguments = QuickstartArguments.Parse([]);

        arguments.Endpoint.Should().BeNull();
        arguments.Ollama.Should().BeFalse();
    }

    [Fact]
    public void Parse_Endpoint_ReadsModelsAndPricesInOrder()
    {
        QuickstartArguments arguments = QuickstartArguments.Parse(["--endpoint", "http://127.0.0.1:8080/v1", "--models", "a, b", "--prices", "0.15/0.60,2.50/10", "--requests", "3"]);

        arguments.Endpoint.Should().Be(new Uri("http://127.0.0.1:8080/v1"));
        arguments.Models.Should().Equal("a", "b");
        arguments.Prices.Should().Equal(ModelPrice.PerMillionTokens(0.15m, 0.60m), ModelPrice.PerMillionTokens(2.50m, 10m));
        arguments.Requests.Should().Be(3);
    }

    [Theory]
    [InlineData("--wrong", "*'--wrong'*")]
    [InlineData("--endpoint", "*--endpoint needs a value*")]
    [InlineData("--endpoint nowhere --models a,b", "*'nowhere'*https://*")]
    [InlineData("--endpoint http://127.0.0.1", "*--models*")]
    [InlineData("--endpoint http://127.0.0.1 --models a", "*at least two*")]
    [InlineData("--endpoint http://127.0.0.1 --models a,b --ollama", "*not both*")]
    [InlineData("--models a,b", "*--endpoint or --ollama*")]
    [InlineData("--ollama --models a,b --prices 1/2", "*1 entries for 2 models*")]
    [InlineData("--ollama --models a --prices 1", "*input/output*")]
    [InlineData("--requests 0", "*at least 1*")]
    public void Parse_Unusable_SaysWhichArgumentAndWhatToGive(string line, string message)
    {
        Action parse = () => QuickstartArguments.Parse(line.Split(' '));

        parse.Should().Throw<FormatException>().WithMessage(message);
    }
}
