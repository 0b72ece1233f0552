namespace AutoMix.Pomdps.Tests;

/// <summary>A fact about the standard problems: their folder is named by AUTOMIX_POMDPS or stands beside the repository as shared/pomdps; without it the test is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PomdpsFactAttribute : FactAttribute
{
    public PomdpsFactAttribute()
    {
        if (StandardProblems.Folder is null)
        {
            Skip = "The folder of standard problems is missing; set AUTOMIX_POMDPS.";
        }
    }
}
