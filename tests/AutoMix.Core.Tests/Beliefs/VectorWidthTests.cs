using System.Globalization;
using System.Runtime.Intrinsics;
using FluentAssertions;

namespace AutoMix.Core.Tests.Beliefs;

public class VectorWidthTests
{
    [ExpectedWidthFact]
    public void HardwareWidth_RuntimeSwitched_IsTheOneExpected()
    {
        int width = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

        width.Should().Be(int.Parse(ExpectedWidthFactAttribute.Expected!, CultureInfo.InvariantCulture), "a misspelt switch would test the usual width once more");
    }
}
