namespace AutoMix.Pomdps.Tests;

/// <summary>As <see cref="PomdpsFactAttribute"/>, for several problems.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PomdpsTheoryAttribute : TheoryAttribute
{
    public PomdpsTheoryAttribute()
    {
        if (StandardProblems.Folder is null)
        {
            Skip = "The folder of standard problems is missing; set AUTOMIX_POMDPS.";
        }
    }
}
