using System.IO.Compression;
using System.Text;

namespace AutoMix.Pomdps.Tests.Files;

public sealed class PomdpReaderTests
{
    private const string Preamble = "discount: 0.9\nvalues: reward\nstates: a b c\nactions: go stay\nobservations: x y\n";
    private const string Body = "T: * identity\nO: * uniform\n";

    [Fact]
    public void Read_MatricesUniformAndIdentity_AreExpanded()
    {
        Pomdp model = Read(Preamble + "T: go\n0.5 0.5 0\n0 1 0\n0.1 0.2 0.7\nT: stay identity\nO: go\n1 0\n0 1\n0.25 0.75\nO: stay uniform\nR: * : b : * : * 4\n");

        model.Transitions(0).ToDense().Should().Equal(0.5, 0.5, 0, 0, 1, 0, 0.1, 0.2, 0.7);
        model.Transitions(1).ToDense().Should().Equal(1, 0, 0, 0, 1, 0, 0, 0, 1);
        model.ObservationModel(0).ToDense().Should().Equal(1, 0, 0, 1, 0.25, 0.75);
        model.ObservationModel(1).ToDense().Should().Equal(0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        model.Rewards(1).ToArray().Should().Equal(0, 4, 0);
    }

    [Fact]
    public void Read_LaterEntries_ReplaceEarlierOnes()
    {
        Pomdp model = Read(Preamble + Body + "T: * : * : * 0\nT: * : * : a 1\nT: go : b\n0 0.5 0.5\nT: go : c : a 0.25\nT: go : c : c 0.75\n");

        model.Transitions(0).ToDense().Should().Equal(1, 0, 0, 0, 0.5, 0.5, 0.25, 0, 0.75);
        model.Transitions(1).ToDense().Should().Equal(1, 0, 0, 1, 0, 0, 1, 0, 0);
    }

    [Fact]
    public void Read_RewardsByOutcome_AreExpected()
    {
        Pomdp model = Read(Preamble + Body +
            "T: go : a\n0.5 0.5 0\nO: go : b\n0.2 0.8\nR: * : * : * : * 1\nR: go : a : b : y 11\nR: stay : c : c\n2 4\nR: stay : a\n1 3\n0 0\n0 0\n");

        model.Rewards(0)[0].Should().BeApproximately(1 + (0.5 * 0.8 * 10), 1e-12);
        model.Rewards(0)[1].Should().Be(1);
        model.Rewards(1)[2].Should().BeApproximately(3, 1e-12);
        model.Rewards(1)[0].Should().BeApproximately(2, 1e-12);
    }

    [Fact]
    public void Read_Costs_AreNegativeRewards()
    {
        Read(Preamble.Replace("reward", "cost") + Body + "R: go : a : * : * 5\n").Rewards(0)[0].Should().Be(-5);
    }

    [Theory]
    [InlineData("", new[] { 1 / 3.0, 1 / 3.0, 1 / 3.0 })]
    [InlineData("start: uniform\n", new[] { 1 / 3.0, 1 / 3.0, 1 / 3.0 })]
    [InlineData("start: 0.25 0.75 0\n", new[] { 0.25, 0.75, 0 })]
    [InlineData("start: b\n", new[] { 0.0, 1, 0 })]
    [InlineData("start: 2\n", new[] { 0.0, 0, 1 })]
    [InlineData("start: a c\n", new[] { 0.5, 0, 0.5 })]
    [InlineData("start include: a 1\n", new[] { 0.5, 0.5, 0 })]
    [InlineData("start exclude: c\n", new[] { 0.5, 0.5, 0 })]
    [InlineData("start: 0.33333 0.33333 0.33333\n", new[] { 1 / 3.0, 1 / 3.0, 1 / 3.0 })]
    public void Read_Start_HasManyForms(string start, double[] expected)
    {
        double[] actual = Read(Preamble + start + Body).Start.ToArray();

        for (int i = 0; i < expected.Length; i++)
        {
            actual[i].Should().BeApproximately(expected[i], 1e-15);
        }
    }

    [Fact]
    public void Read_Reset_LeadsToTheStartBelief()
    {
        Pomdp model = Read(Preamble + "start: 0.25 0.75 0\n" + Body + "T: go : b reset\nT: stay reset\n");

        model.Transitions(0).ToDense()[3..6].Should().Equal(0.25, 0.75, 0);
        model.Transitions(1).ToDense()[..3].Should().Equal(0.25, 0.75, 0);
    }

    [Fact]
    public void Read_Horizon_IsKept()
    {
        Read("horizon: 7\n" + Preamble.Replace("0.9", "1") + Body).Horizon.Should().Be(7);
    }

    [Fact]
    public void Read_CountsCommentsAndOddSpacing_AreUnderstood()
    {
        Pomdp model = Read("# a comment\r\nvalues : reward # another\r\ndiscount : .5\r\nstates : 2 actions:1 observations :\n2\nT:0:*\n.5 5e-1\nO : * : 0 : 0 1\nO:*:1:1 1.0");

        model.StateCount.Should().Be(2);
        model.States[1].Should().Be("1");
        model.Transitions(0).ToDense().Should().Equal(0.5, 0.5, 0.5, 0.5);
    }

    [Theory]
    [InlineData(Preamble + "T: go : nowhere : a 1\n", 6, 9, "*state 'nowhere'*")]
    [InlineData(Preamble + Body + "T: go : b : c 0.5\n", 8, 1, "*T: go : b*sum to 1.5*")]
    [InlineData(Preamble + "T: *\n1 0 0\n0 1 0\n0 0\nO: * uniform", 10, 1, "*row 3 of 3, column 3 of 3*'O'*")]
    [InlineData(Preamble + "O: * uniform\n", 7, 1, "*T: go : a*sum to 0*")]
    [InlineData(Preamble + Body + "T: go : a : a -1\n", 8, 1, "*-1 is not a probability*")]
    [InlineData(Preamble + "states: a\n", 6, 1, "*twice*")]
    [InlineData("states: a a\n", 2, 1, "*'a' is given twice*")]
    [InlineData("discount: 1.5\nstates: 1\nactions: 1\nobservations: 1\nT: 0 identity\n", 5, 4, "*discount*1.5*")]
    [InlineData("states: 2\nT: 0 identity", 2, 4, "*'discount:' is missing*")]
    [InlineData("nonsense", 1, 1, "*'nonsense'*")]
    [InlineData("states: 99999999999\n", 1, 9, "*'states'*", true)]
    [InlineData("states: 9000000\n", 1, 9, "*from 1 to 4000000*")]
    [InlineData(Preamble + "start: 0.5 0.4 0\n" + Body, 7, 1, "*sum to 0.9*")]
    [InlineData(Preamble + "R: go : a : * : * NaN\n", 6, 19, "*reward*NaN*")]
    public void Read_BrokenText_SaysWhereAndWhy(string text, int line, int column, string message, bool anyMessage = false)
    {
        PomdpFormatException error = ((Func<Pomdp>)(() => Read(text))).Should().Throw<PomdpFormatException>().Which;

        if (!anyMessage)
        {
            error.Message.Should().Match(message);
            (error.Line, error.Column).Should().Be((line, column), error.Message);
        }
    }

    [Fact]
    public void Read_GzipWithoutTheEnding_IsRecognised()
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Preamble + Body));
        }

        stream.Position = 0;
        PomdpReader.Read(stream).StateCount.Should().Be(3);

        byte[] damaged = stream.ToArray();
        damaged[20] ^= 0xFF;
        ((Action)(() => PomdpReader.Read(new MemoryStream(damaged)))).Should().Throw<PomdpFormatException>();
    }

    [Fact]
    public void Read_SmallTextOfHugeModel_IsRefusedBeforeMemoryIs()
    {
        const string Text = "discount: 0.9\nstates: 300000\nactions: 10\nobservations: 2\nT: * uniform\nO: * uniform\n";

        ((Action)(() => Read(Text))).Should().Throw<PomdpFormatException>().WithMessage("*MaxEntries*");
    }

    [PomdpsTheory]
    [InlineData("Tiger.pomdp", 2, 3, 2)]
    [InlineData("RockSample_4_4.pomdp.gz", 257, 9, 2)]
    [InlineData("Hallway.pomdp", 60, 5, 21)]
    [InlineData("Hallway2.pomdp", 92, 5, 17)]
    [InlineData("TagAvoid.pomdp.gz", 870, 5, 30)]
    [InlineData("RockSample_5_5.pomdp.gz", 801, 10, 2)]
    [InlineData("auvnavigation2d.pomdp.gz", 2653, 6, 103)]
    [InlineData("three_state.pomdp", 3, 4, 3)]
    [InlineData("term3.pomdp", 4, 4, 4)]
    [InlineData("zmdp_test04.pomdp", 55, 2, 3)]
    [InlineData("zmdp_test05.pomdp", 35, 2, 3)]
    public void Read_StandardProblem_SurvivesWritingAndReading(string file, int states, int actions, int observations)
    {
        Pomdp model = StandardProblems.Read(file);
        using StringWriter text = new();
        PomdpWriter.Write(text, model);

        Pomdp again = Read(text.ToString());

        (model.StateCount, model.ActionCount, model.ObservationCount).Should().Be((states, actions, observations));
        again.ShouldBeTheSameAs(model);
    }

    private static Pomdp Read(string text) => PomdpReader.Parse(new StringReader(text));
}
