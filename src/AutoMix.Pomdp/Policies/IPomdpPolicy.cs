namespace AutoMix.Pomdps;

/// <summary>Takes a belief and returns an action.</summary>
public interface IPomdpPolicy
{
    /// <summary>The action to take.</summary>
    /// <param name="belief">One weight a state of the model.</param>
    /// <exception cref="ArgumentException">The belief has another number of states.</exception>
    int Action(ReadOnlySpan<double> belief);

    /// <summary>The policy's own estimate of the value of a belief.</summary>
    /// <param name="belief">One weight a state of the model.</param>
    /// <exception cref="ArgumentException">The belief has another number of states.</exception>
    double Value(ReadOnlySpan<double> belief);
}
