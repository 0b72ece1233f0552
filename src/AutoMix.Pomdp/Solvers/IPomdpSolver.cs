namespace AutoMix.Pomdps;

/// <summary>Takes a problem and returns a policy with what is known of its value.</summary>
public interface IPomdpSolver
{
    /// <summary>Name of the method.</summary>
    string Name { get; }

    /// <summary>Solves a model as far as the options allow; can be asked at any time and returns the best found so far.</summary>
    /// <param name="model">The problem.</param>
    /// <param name="options">Limits and wishes; the defaults when null.</param>
    /// <param name="cancellationToken">Ends the search early: the best found so far is returned, nothing is thrown.</param>
    /// <exception cref="PomdpException">The method cannot solve a model of this kind.</exception>
    PomdpSolution Solve(Pomdp model, SolverOptions? options = null, CancellationToken cancellationToken = default);
}
