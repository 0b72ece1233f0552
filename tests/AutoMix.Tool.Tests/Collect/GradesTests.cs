using AutoMix.Tool.Collect.Grading;

namespace AutoMix.Tool.Collect;

public sealed class GradesTests
{
    [Theory]
    [InlineData("Exact", " Oslo\n", "Oslo", true)]
    [InlineData("Exact", "oslo", "Oslo", false)]
    [InlineData("Normalised", "The  Oslo.", "oslo", true)]
    [InlineData("Normalised", "Bergen", "oslo", false)]
    [InlineData("Normalised", "", "oslo", false)]
    [InlineData("Choice", "(b) because it is", "B", true)]
    [InlineData("Choice", "**C**", "C", true)]
    [InlineData("Choice", "C: 2", "C", true)]
    [InlineData("Choice", "Since a is small, the answer is: (D).", "D", true)]
    [InlineData("Choice", "A dog barks", "A", false)]
    [InlineData("Choice", "Answer: A", "B", false)]
    [InlineData("Choice", "no idea", "B", false)]
    [InlineData("Numeric", "So 3 times 4 is 12.", "12", true)]
    [InlineData("Numeric", "$1,234.50", "1234.5", true)]
    [InlineData("Numeric", "about 1e3", "1000", true)]
    [InlineData("Numeric", "1/4", "0.25", true)]
    [InlineData("Numeric", "25 %", "0.25", true)]
    [InlineData("Numeric", "\u22125", "-5", true)]
    [InlineData("Numeric", "12 of 13", "12", false)]
    [InlineData("Numeric", "none", "12", false)]
    [InlineData("Regex", "It was in 1066, I think", @"\b1066\b", true)]
    [InlineData("Regex", "10667", @"\b1066\b", false)]
    public void IsCorrect_OfAKind_DecidesSo(string kind, string answer, string reference, bool correct) =>
        Grades.IsCorrect(Enum.Parse<GradeKind>(kind), answer, ["no match here 77", reference]).Should().Be(correct);

    [Theory]
    [InlineData("Regex", "(")]
    [InlineData("Numeric", "twelve")]
    public void IsCorrect_ReferenceThatCannotBeUsed_NamesIt(string kind, string reference)
    {
        Action grade = () => Grades.IsCorrect(Enum.Parse<GradeKind>(kind), "12", [reference]);
        grade.Should().Throw<FormatException>().WithMessage($"*{reference}*");
    }

    [Fact]
    public void IsCorrect_WithoutReferences_IsNever() => Grades.IsCorrect(GradeKind.Exact, "", []).Should().BeFalse();
}
