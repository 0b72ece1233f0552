using System.Globalization;

namespace AutoMix.Core.Tests.Traces;

/// <summary>Keys are written to files and shared between processes: their values may never change.</summary>
public sealed class RequestKeyTests
{
    [Theory]
    [InlineData("", "17665956581633026203")]
    [InlineData("a", "198367012849983736")]
    [InlineData("foobar", "4633546387131234498")]
    [InlineData("Größe 東京 😀", "14260047311586332472")]
    public void FromText_AnyText_IsMixedFnv1aOfItsUtf8(string text, string key) =>
        RequestKeys.FromText(text).Should().Be(ulong.Parse(key, CultureInfo.InvariantCulture));

    // The first is the first output of SplitMix64 with seed 0.
    [Theory]
    [InlineData(0, 0, 0.8833108082136426)]
    [InlineData(1, 0, 0.43152799704850997)]
    [InlineData(0, 1, 0.5665615751722809)]
    [InlineData(7, 12345, 0.43145857388310627)]
    public void Uniform_SeedAndKey_IsTheirNumberOfSplitMix64(int seed, int key, double number) =>
        RequestKeys.Uniform((ulong)seed, (ulong)key).Should().Be(number);
}
