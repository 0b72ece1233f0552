using System.Reflection;

namespace AutoMix.Tests;

public sealed class DelegatingVerifierTests
{
    private static readonly MemberInfo[] Members = [.. typeof(IVerifier).GetMembers().Where(m => m is PropertyInfo or MethodInfo { IsSpecialName: false })];

    public static TheoryData<string, IVerifier, string[]> Decorators => new()
    {
        { "plain", new Plain(new Inner()), [] },
        { "named", new Inner().Named("other"), [nameof(IVerifier.Name)] },
        { "calibrated", Verifiers.Calibrated(new Inner(), _ => null), [nameof(IVerifier.Fingerprint)] },
        { "watched", Verifiers.Watched(new Inner()), [] },
    };

    [Theory]
    [MemberData(nameof(Decorators))]
    public async Task EveryMember_OfADecorator_IsTheInnerVerifiers(string what, IVerifier decorator, string[] changed)
    {
        var inner = new Inner();
        foreach (PropertyInfo property in Members.OfType<PropertyInfo>().Where(p => !changed.Contains(p.Name)))
        {
            property.GetValue(decorator).Should().BeEquivalentTo(property.GetValue(inner), "{0} passes {1} on", what, property.Name);
        }

        (await decorator.VerifyAsync(Asked.Context("eight"))).Should().Be(await inner.VerifyAsync(Asked.Context("eight")));
    }

    [Fact]
    public void EveryMember_OfTheInterface_IsForwardedByTheBase()
    {
        InterfaceMapping map = typeof(DelegatingVerifier).GetInterfaceMap(typeof(IVerifier));

        map.TargetMethods.Should().OnlyContain(m => m.DeclaringType == typeof(DelegatingVerifier) && m.IsVirtual && !m.IsFinal, "a default of the interface would hide the inner verifier's");
        Members.Should().HaveCount(5, "a member that is added is one that {0} tells apart", nameof(Inner));
    }

    [Fact]
    public void EveryVerifier_MadeOfOneOther_DerivesFromTheBase() =>
        typeof(IVerifier).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IVerifier).IsAssignableFrom(t))
            .Where(t => t.GetConstructors().Any(c => c.GetParameters().Any(p => p.ParameterType == typeof(IVerifier))))
            .Should().HaveCountGreaterThan(2).And.OnlyContain(t => t.IsSubclassOf(typeof(DelegatingVerifier)));

    private sealed class Plain(IVerifier inner) : DelegatingVerifier(inner);

    // No member is what the interface's default would be.
    private sealed class Inner : IVerifier
    {
        public string Name => "inner";

        public bool IsFree => true;

        public string Fingerprint => "inner-7";

        public IReadOnlyList<string> AskedModels => ["asked"];

        public ValueTask<Verdict> VerifyAsync(VerificationContext context, CancellationToken cancellationToken = default) => new(Verdict.OfConfidence(0.7, "inner"));
    }
}
