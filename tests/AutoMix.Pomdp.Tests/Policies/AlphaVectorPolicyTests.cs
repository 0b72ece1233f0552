using System.Text;

namespace AutoMix.Pomdps.Tests.Policies;

public sealed class AlphaVectorPolicyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(33)]
    [InlineData(200)]
    public void Best_AnyNumberOfVectors_EqualsTheDefinition(int count)
    {
        Random random = new(count);
        AlphaVectorPolicy policy = Random(count, 32, random);
        double[] belief = [.. Enumerable.Range(0, 32).Select(i => i % 3 == 0 ? 0 : random.NextDouble())];

        int best = policy.Best(belief, out double value);

        double[] values = [.. policy.Vectors.Select(v => belief.Select((p, s) => p * v.Values[s]).Sum())];
        value.Should().BeApproximately(values.Max(), 1e-12);
        best.Should().Be(Array.IndexOf(values, values.Max()));
        policy.Action(belief).Should().Be(policy.Vectors[best].Action);
    }

    [Fact]
    public void Action_Decision_AllocatesNothing()
    {
        AlphaVectorPolicy policy = Random(200, 32, new Random(1));
        double[] belief = [.. Enumerable.Repeat(1 / 32.0, 32)];
        policy.Action(belief);
        long before = GC.GetAllocatedBytesForCurrentThread();

        policy.Action(belief);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [Fact]
    public void Best_BeliefOfAnotherSize_Throws()
    {
        AlphaVectorPolicy policy = Random(3, 4, new Random(1));

        ((Action)(() => policy.Value(new double[5]))).Should().Throw<ArgumentException>();
        ((Action)(() => _ = new AlphaVectorPolicy([]))).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void WriteThenRead_Policy_IsTheSame()
    {
        AlphaVectorPolicy policy = Random(5, 3, new Random(2));
        using MemoryStream stream = new();

        PolicyXml.Write(stream, policy);
        stream.Position = 0;
        AlphaVectorPolicy again = PolicyXml.Read(stream);

        again.Vectors.Select(v => v.Action).Should().Equal(policy.Vectors.Select(v => v.Action));
        for (int i = 0; i < policy.Vectors.Count; i++)
        {
            again.Vectors[i].Values.ToArray().Should().Equal(policy.Vectors[i].Values.ToArray());
        }
    }

    [Fact]
    public void Read_SparseVector_FillsWithZeros()
    {
        const string Text = "<Policy version=\"0.1\" type=\"value\"><AlphaVector vectorLength=\"3\" numObsValue=\"1\" numVectors=\"1\"><SparseVector action=\"2\" obsValue=\"0\"><Entry>1 4.5</Entry></SparseVector></AlphaVector></Policy>";

        AlphaVectorPolicy policy = PolicyXml.Read(new MemoryStream(Encoding.UTF8.GetBytes(Text)));

        policy.Vectors[0].Action.Should().Be(2);
        policy.Vectors[0].Values.ToArray().Should().Equal(0, 4.5, 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<Policy></Policy>")]
    [InlineData("<Policy><AlphaVector vectorLength=\"2\"><Vector action=\"0\" obsValue=\"0\">1</Vector></AlphaVector></Policy>")]
    [InlineData("<Policy><AlphaVector vectorLength=\"1\"><Vector action=\"x\" obsValue=\"0\">1</Vector></AlphaVector></Policy>")]
    [InlineData("<Policy><AlphaVector vectorLength=\"1\"><Vector action=\"0\" obsValue=\"0\">one</Vector></AlphaVector></Policy>")]
    [InlineData("<Policy><AlphaVector vectorLength=\"1\"><Vector action=\"0\" obsValue=\"3\">1</Vector></AlphaVector></Policy>")]
    public void Read_NotAPolicy_Throws(string text)
    {
        Action read = () => PolicyXml.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

        read.Should().Throw<InvalidDataException>();
    }

    private static AlphaVectorPolicy Random(int count, int states, Random random) =>
        new(Enumerable.Range(0, count).Select(i => new AlphaVector(i % 4, [.. Enumerable.Range(0, states).Select(_ => (random.NextDouble() * 20) - 10)])));
}
