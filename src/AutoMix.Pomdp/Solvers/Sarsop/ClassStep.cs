using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>One action taken in a class: where it leads and what may then be seen, in local numbers.</summary>
internal sealed class ClassStep
{
    public ClassStep(Pomdp model, SupportPartition partition, SupportClass from, int action)
    {
        SparseMatrix transitions = model.Transitions(action), observations = model.ObservationModel(action);
        Rewards = new double[from.Size];
        SortedSet<int> reached = [];
        int entries = 0;
        for (int s = 0; s < from.Size; s++)
        {
            Rewards[s] = model.Rewards(action)[from.States[s]];
            foreach (int next in transitions.RowColumns(from.States[s]))
            {
                reached.Add(next);
                entries++;
            }
        }

        int[] nextStates = [.. reached];
        NextCount = nextStates.Length;
        RowStarts = new int[from.Size + 1];
        Next = new int[entries];
        Chance = new double[entries];
        int at = 0;
        for (int s = 0; s < from.Size; s++)
        {
            ReadOnlySpan<int> columns = transitions.RowColumns(from.States[s]);
            ReadOnlySpan<double> values = transitions.RowValues(from.States[s]);
            for (int i = 0; i < columns.Length; i++)
            {
                Next[at] = Array.BinarySearch(nextStates, columns[i]);
                Chance[at++] = values[i];
            }

            RowStarts[s + 1] = at;
        }

        SortedDictionary<int, List<(int Next, int Local, double Chance)>> seen = [];
        for (int j = 0; j < nextStates.Length; j++)
        {
            ReadOnlySpan<int> columns = observations.RowColumns(nextStates[j]);
            ReadOnlySpan<double> values = observations.RowValues(nextStates[j]);
            for (int i = 0; i < columns.Length; i++)
            {
                if (!seen.TryGetValue(columns[i], out List<(int, int, double)>? list))
                {
                    seen.Add(columns[i], list = []);
                }

                list.Add((j, partition.LocalOf[nextStates[j]], values[i]));
            }
        }

        Outcomes = [.. seen.Select(o => new Outcome(
            o.Key,
            partition.ClassOf[nextStates[o.Value[0].Next]],
            [.. o.Value.Select(e => e.Next)],
            [.. o.Value.Select(e => e.Local)],
            [.. o.Value.Select(e => e.Chance)]))];
    }

    /// <summary>Reward in each state of the class.</summary>
    public double[] Rewards { get; }

    /// <summary>How many states the action can lead to; they are numbered from 0.</summary>
    public int NextCount { get; }

    public int[] RowStarts { get; }

    public int[] Next { get; }

    public double[] Chance { get; }

    /// <summary>The observations that are possible after the action.</summary>
    public Outcome[] Outcomes { get; }

    /// <summary>An observation: the class it leads to, and for each state that can show it its number here, there, and how likely.</summary>
    public sealed record Outcome(int Observation, int Class, int[] Next, int[] Local, double[] Chance);
}
