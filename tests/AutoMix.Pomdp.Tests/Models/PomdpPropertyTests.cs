using AutoMix.Pomdps.Tests.Files;
using AutoMix.Beliefs;
using CsCheck;

namespace AutoMix.Pomdps.Tests.Models;

public sealed class PomdpPropertyTests
{
    private static readonly string[] Seeds =
    [
        "discount: 0.95\nvalues: reward\nstates: left right\nactions: listen open\nobservations: hear-left hear-right\nstart: 0.5 0.5\nT: listen\nidentity\nT: open\nuniform\nO: listen\n0.85 0.15\n0.15 0.85\nO: open\nuniform\nR: listen : * : * : * -1\nR: open : left : * : * -100\nR: open : right : * : * 10\n",
        "discount: 0.9\nvalues: cost\nstates: 3\nactions: 2\nobservations: 2\nstart include: 0 1\nT: 0 : * : * 0.0\nT: 0 : * : 2 1.0\nT: 1 : 0 reset\nT: 1 : 1\n0.2 0.3 0.5\nT: 1 : 2 : 2 1\nO: * : * : 0 0.25\nO: * : * : 1 0.75\nR: * : 0 : 1\n1 2\nR: 1 : 2\n1 2\n3 4\n5 6\n",
        "discount: 1\nhorizon: 4\nvalues: reward\nstates: a b\nactions: 1\nobservations: x y z\nstart exclude: b\nT: * identity\nO: * uniform\nR: * : b : * : z -7.5e-1\n",
    ];

    private static readonly string[] Words = [" * ", " uniform ", " identity ", " reset ", "\nT: ", "\nR: * : ", "1e308"];

    [Fact]
    public void WriteThenRead_AnyModel_IsTheSameModel()
    {
        RandomModels.Any().Sample(
            model =>
            {
                using StringWriter text = new();
                PomdpWriter.Write(text, model);
                PomdpReader.Parse(new StringReader(text.ToString())).ShouldBeTheSameAs(model);
            },
            iter: TestSize.Of(100, 300),
            threads: 1);
    }

    // AUTOMIX_MUTATIONS=100000 runs the long version.
    [Fact]
    public void Read_MutatedText_IsATypedErrorOrAValidModel()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("AUTOMIX_MUTATIONS"), out int asked) ? asked : 5000;
        Random random = new(20);
        PomdpLimits limits = new() { MaxEntries = 200_000, MaxStateActions = 50_000, MaxObservations = 10_000 };
        int valid = 0;
        for (int i = 0; i < count; i++)
        {
            string text = Mutate(Seeds[i % Seeds.Length], random);
            try
            {
                Pomdp model = PomdpReader.Parse(new StringReader(text), limits: limits);
                valid++;
                CheckModel(model);
            }
            catch (PomdpFormatException e)
            {
                e.Line.Should().BePositive(text);
            }
        }

        valid.Should().BeGreaterThan(count / 50).And.BeLessThan(count, "both kinds must occur");
    }

    [Fact]
    public void TryUpdate_AnyModel_KeepsBeliefsNormalisedAndAgreesWithTheDefinition()
    {
        Gen.Select(RandomModels.Any(), Gen.Int).Sample(
            (model, seed) =>
            {
                Random random = new(seed);
                BeliefUpdater updater = new(model);
                double[] belief = RandomModels.Distribution(model.StateCount, random), next = new double[model.StateCount];
                int action = random.Next(model.ActionCount);
                double total = 0;
                for (int o = 0; o < model.ObservationCount; o++)
                {
                    bool possible = updater.TryUpdate(belief, action, o, next, out double evidence);
                    total += evidence;
                    (evidence > 0).Should().Be(possible);
                    next.Should().OnlyContain(p => p >= 0);
                    next.Sum().Should().BeApproximately(possible ? 1 : 0, 1e-12);
                    for (int t = 0; t < next.Length && possible; t++)
                    {
                        double expected = Enumerable.Range(0, belief.Length).Sum(s => belief[s] * model.Transitions(action)[s, t]) * model.ObservationModel(action)[t, o] / evidence;
                        next[t].Should().BeApproximately(expected, 1e-12);
                    }
                }

                total.Should().BeApproximately(1, 1e-12);
            },
            iter: TestSize.Of(100, 300),
            threads: 1);
    }

    [Fact]
    public void TryUpdate_StateThatStays_DoesNotDependOnTheOrderOfObservations()
    {
        Gen.Select(Gen.Double[0.01, 1].Array[3, 40], Gen.Int).Sample(
            (weights, seed) =>
            {
                Random random = new(seed);
                double[] prior = new double[weights.Length], forth = new double[weights.Length], back = new double[weights.Length];
                BeliefKernels.TryNormalize(weights, prior);
                double[][] likelihoods = [.. Enumerable.Range(0, 6).Select(_ => prior.Select(_ => 0.05 + random.NextDouble()).ToArray())];
                prior.CopyTo(forth, 0);
                prior.CopyTo(back, 0);
                for (int i = 0; i < likelihoods.Length; i++)
                {
                    BeliefKernels.TryUpdate(forth, likelihoods[i], forth, out _).Should().BeTrue();
                    BeliefKernels.TryUpdate(back, likelihoods[^(i + 1)], back, out _).Should().BeTrue();
                }

                forth.Sum().Should().BeApproximately(1, 1e-12);
                for (int s = 0; s < forth.Length; s++)
                {
                    forth[s].Should().BeApproximately(back[s], 1e-12);
                }
            },
            iter: TestSize.Of(100, 300),
            threads: 1);
    }

    private static void CheckModel(Pomdp model)
    {
        model.Start.ToArray().Sum().Should().BeApproximately(1, 1e-9);
        for (int a = 0; a < model.ActionCount; a++)
        {
            for (int s = 0; s < model.StateCount; s++)
            {
                model.Transitions(a).RowValues(s).ToArray().Sum().Should().BeApproximately(1, 1e-9);
                double.IsFinite(model.Rewards(a)[s]).Should().BeTrue();
            }
        }
    }

    private static string Mutate(string text, Random random)
    {
        List<char> chars = [.. text];
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            int at = random.Next(chars.Count);
            switch (random.Next(7))
            {
                case 0: chars.RemoveAt(at); break;
                case 1: chars.Insert(at, (char)random.Next(1, 0x180)); break;
                case 2: chars[at] = "0123456789 .:*#-\n"[random.Next(17)]; break;
                case 3: chars.RemoveRange(at, Math.Min(random.Next(30), chars.Count - at)); break;
                case 4: chars.InsertRange(at, chars.GetRange(0, random.Next(Math.Min(60, chars.Count)))); break;
                case 5: chars.InsertRange(at, "99999999"); break;
                default: chars.InsertRange(at, Words[random.Next(Words.Length)]); break;
            }

            if (chars.Count == 0)
            {
                chars.Add('#');
            }
        }

        return new string([.. chars]);
    }
}
