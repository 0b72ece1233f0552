namespace AutoMix.Core.Tests.Beliefs;

/// <summary>A test for runs that switch vector instructions off: AUTOMIX_EXPECT_WIDTH names the bits of the widest vector left, 0 for none.</summary>
internal sealed class ExpectedWidthFactAttribute : FactAttribute
{
    public ExpectedWidthFactAttribute()
    {
        if (string.IsNullOrEmpty(Expected))
        {
            Skip = "AUTOMIX_EXPECT_WIDTH is not set: no vector instructions are switched off.";
        }
    }

    public static string? Expected => Environment.GetEnvironmentVariable("AUTOMIX_EXPECT_WIDTH");
}
