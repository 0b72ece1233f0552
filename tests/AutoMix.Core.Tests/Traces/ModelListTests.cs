namespace AutoMix.Core.Tests.Traces;

public sealed class ModelListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void Check_AsManyAsACascadeCanHave_AreTaken(int count) => Checking([.. Enumerable.Range(0, count).Select(m => $"m{m}")]).Should().NotThrow();

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void Check_NoneOrTooMany_AreRefusedWithTheirNumber(int count) =>
        Checking([.. Enumerable.Range(0, count).Select(m => $"m{m}")]).Should().Throw<ArgumentException>().WithMessage($"*1 to 64 models; {count} were*");

    [Fact]
    public void Check_NameEmptyOrListedTwice_IsRefused()
    {
        Checking("a", "").Should().Throw<ArgumentException>().WithMessage("*name is empty*").WithParameterName("models");
        Checking("a", "b", "a").Should().Throw<ArgumentException>().WithMessage("*'a' is listed twice*").WithParameterName("models");
        Checking("a", "A").Should().NotThrow();
    }

    [Fact]
    public void CheckSame_OtherNamesOrAnotherOrder_AreRefusedWithBothOwners()
    {
        FluentActions.Invoking(() => ModelList.CheckSame(["a", "b"], ["a", "b"], "one", "other")).Should().NotThrow();
        foreach (string[] actual in (string[][])[["b", "a"], ["a"], ["a", "B"]])
        {
            FluentActions.Invoking(() => ModelList.CheckSame(["a", "b"], actual, "one", "other"))
                .Should().Throw<ArgumentException>().WithMessage($"*one are [a, b]*other [{string.Join(", ", actual)}]*");
        }
    }

    private static Action Checking(params string[] models) => () => ModelList.Check(models, "models");
}
