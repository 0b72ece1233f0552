using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;

namespace AutoMix.Tests;

public class TokenizerTests
{
    [Fact]
    public async Task Tokenizer_CountsWhatTheEstimateWouldOverstate()
    {
        TiktokenTokenizer tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");
        string text = string.Concat(Enumerable.Repeat("internationalization ", 60));
        tokenizer.CountTokens(text).Should().BeLessThan(200);
        IChatClient Of(bool counted) => Mix.Of(Mix.Model("small"), Mix.Model("large"), mix => mix
            .FirstModel(profile: p => (counted ? p.CountTokensWith(tokenizer) : p) with { ContextWindow = 250 }));

        (await Of(counted: true).GetResponseAsync(text)).Text.Should().Be("small");
        (await Of(counted: false).GetResponseAsync(text)).Text.Should().Be("large");
    }

    [Theory]
    [InlineData("Hello, how are you today? I would like to know more about your products.")]
    [InlineData("今天天气很好，我们去公园散步吧。")]
    [InlineData("for (int i = 0; i < 10; i++) { sum += values[i] * weights[i]; }")]
    [InlineData("Привет, как дела? Расскажите мне о вашей продукции подробнее.")]
    [InlineData("{\"name\":\"Paris\",\"population\":2100000,\"tags\":[\"a\",\"b\"]}")]
    [InlineData("🙂🎉🚀👩‍👩‍👧")]
    public void Case12_Estimate_IsNotBelowTheRealCount(string text) =>
        TokenEstimate.OfText(text, null).Should().BeGreaterThanOrEqualTo(TiktokenTokenizer.CreateForEncoding("o200k_base").CountTokens(text));
}
