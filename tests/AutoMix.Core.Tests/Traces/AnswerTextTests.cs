using System.Text;

namespace AutoMix.Core.Tests.Traces;

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
    [InlineData("a cat", "cat", true)]
    [InlineData("an owl", "the owl", true)]
    [InlineData("the a cat", "cat", false)]
    [InlineData("theory", "ory", false)]
    [InlineData("New\tYork\n", "new york", true)]
    [InlineData("New York", "newyork", false)]
    [InlineData(" ", " ", false)]
    [InlineData("x", null, false)]
    [InlineData("5%", "5", false)]
    [InlineData("a.b", "ab", false)]
    [InlineData("...", "...", true)]
    [InlineData("...", "!!!", false)]
    [InlineData("\uFF11\uFF12\uFF0E", "12", true)]
    public void Agree_FoldsOnlyWhatDoesNotChangeAnAnswer(string? first, string? second, bool agree) =>
        AnswerText.Agree(first, second).Should().Be(agree);

    [Theory]
    [InlineData("\uFB01nal", "final")]
    [InlineData("e\u0301t\u00E9", "\u00E9te\u0301")]
    public void Agree_OtherFormsOfOneCharacter_WhereTheRuntimeHasCultureData(string first, string second)
    {
        bool hasData = "\uFB01".Normalize(NormalizationForm.FormKC) == "fi";
        AnswerText.Agree(first, second).Should().Be(hasData);
    }

    [Fact]
    public void Agree_HalfASurrogatePair_IsTextLikeAnyOther()
    {
        AnswerText.Agree("cut off \uD83D", "Cut off \uD83D.").Should().BeTrue();
        AnswerText.Agree("cut off \uD83D", "cut off \uDE00").Should().BeFalse();
    }

    [Fact]
    public void Normalize_MarksAroundAnAnswer_AreTakenOff()
    {
        foreach (char mark in ".,;:!?\"'`*_()[] \u201C\u201D\u2018\u2019\u00AB\u00BB")
        {
            AnswerText.Normalize($"{mark}{mark}Paris{mark}").Should().Be("paris", "U+{0:X4} is no part of the answer", (int)mark);
        }
    }
}
