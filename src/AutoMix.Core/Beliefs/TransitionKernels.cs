namespace AutoMix.Beliefs;

/// <summary>Belief arithmetic where the state moves: the belief times a transition matrix, then Bayes' rule.</summary>
/// <remarks>Spans in, span out, destination last, no allocation. The destination must not overlap the belief.</remarks>
public static class TransitionKernels
{
    /// <summary>destination(s') = sum over s of belief(s) T(s' | s), for a sparse T; states without weight cost nothing.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit the matrix.</exception>
    public static void Predict(ReadOnlySpan<double> belief, SparseMatrix transitions, Span<double> destination)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        BeliefKernels.RequireSameLength(transitions.RowCount, belief.Length, nameof(belief));
        BeliefKernels.RequireSameLength(transitions.ColumnCount, destination.Length, nameof(destination));
        destination.Clear();
        ReadOnlySpan<int> starts = transitions.RowStarts, columns = transitions.Columns;
        ReadOnlySpan<double> values = transitions.Values;
        for (int s = 0; s < belief.Length; s++)
        {
            double weight = belief[s];
            if (weight != 0)
            {
                for (int i = starts[s]; i < starts[s + 1]; i++)
                {
                    destination[columns[i]] += weight * values[i];
                }
            }
        }
    }
}
