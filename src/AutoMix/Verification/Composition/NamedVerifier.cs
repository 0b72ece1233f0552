namespace AutoMix;

/// <summary>Another verifier under a name of the user's.</summary>
internal sealed class NamedVerifier(IVerifier inner, string name) : DelegatingVerifier(inner)
{
    public override string Name => name;
}
