namespace AutoMix.Cascades;

public sealed class AnswerTextTests
{
    [Theory]
    [InlineData("Friends", " friends. ", true)]
    [InlineData("The Beatles", "beatles", true)]
    [InlineData("**Paris**", "\"paris\"", true)]
    [InlineData("New  York", "new york", true)]
    [InlineData("-5", "5", false)]
    [InlineData("$5", "5", false)]
    [InlineData("5.0", "5", false)]
    [InlineData("A", "B", false)]
    [InlineData("", "", false)]
    [InlineData(null, "x", false)]
    [InlineData("a", "A", true)]
    [InlineData("the", "The", true)]
    [InlineData("...", "...", true)]
    [InlineData("...", "!!!", false)]
    public void Agree_FoldsOnlyWhatDoesNotChangeAnAnswer(string? first, string? second, bool agree) =>
        AnswerText.Agree(first, second).Should().Be(agree);
}
