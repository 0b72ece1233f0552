namespace AutoMix.Pomdps;

/// <summary>
/// SARSOP: point-based value iteration on beliefs sampled near the optimally reachable ones, between a lower bound of
/// alpha vectors and an upper bound of belief points (Kurniawati, Hsu and Lee, RSS 2008).
/// </summary>
/// <remarks>
/// <para>Trials alternate between SARSOP's selective sampling, which stops where the predicted value cannot matter at the start
/// belief, and heuristic search value iteration's, which stops only where the bounds are close (Smith and Simmons, UAI 2005):
/// the first is faster where the prediction is good, the second never stalls where it is not.</para>
/// <para>Beliefs, vectors and points live in classes of a partition of the states found from the model itself
/// (mixed observability), so that a model given flat is solved as if it had been given factored.</para>
/// <para>Single-threaded: a second thread would compete for the memory bandwidth that most of the time goes to. Deterministic but for
/// the time at which a limit strikes.</para>
/// </remarks>
public sealed class SarsopSolver : IPomdpSolver
{
    private const int MaxDepth = 500;
    private const int MaxIdleTrials = 100;

    /// <inheritdoc/>
    public string Name => "sarsop";

    /// <inheritdoc/>
    /// <exception cref="PomdpException">The model has a finite horizon (see <see cref="FiniteHorizon"/>) or, undiscounted, never ends.</exception>
    public PomdpSolution Solve(Pomdp model, SolverOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        FiniteHorizon.Refuse(model, Name);
        options ??= new SolverOptions();
        Search search = new(model, options, new SolverClock(options, cancellationToken));
        return search.Run();
    }

    private sealed class Search
    {
        private readonly Pomdp _model;
        private readonly SolverOptions _options;
        private readonly SolverClock _clock;
        private readonly BeliefSearch _beliefs;
        private readonly ValuePredictor _predictor;
        private readonly List<(int Action, double[] Values)> _blind;
        private readonly double _leastLower;
        private readonly double _leastUpper;
        private double _precision;
        private double _target;
        private int _pruneAlphasAt = 64;
        private int _prunePointsAt = 256;

        public Search(Pomdp model, SolverOptions options, SolverClock clock)
        {
            _model = model;
            _options = options;
            _clock = clock;
            double scale = Math.Max(1e-12, Math.Max(Math.Abs(MdpBounds.Extreme(model, true)), Math.Abs(MdpBounds.Extreme(model, false))));
            double[][] mdp = MdpBounds.SolveMdp(model, Math.Min(1e-6, options.Precision / 10) * scale, () => clock.IsPast(0.2));
            double[][] informed = MdpBounds.FastInformed(model, mdp, Math.Min(1e-4, options.Precision / 10) * scale, () => clock.IsPast(0.4));
            _leastLower = 1e-4 * Math.Max(options.Precision, 1e-9);
            _leastUpper = 1e-3 * Math.Max(options.Precision, 1e-9);
            _blind = MdpBounds.BlindPolicies(model, 1e-6 * scale);
            _beliefs = new BeliefSearch(model, SupportPartition.Find(model), informed, _blind);
            _predictor = new ValuePredictor(_beliefs.Root.Gap);
        }

        public PomdpSolution Run()
        {
            BeliefNode root = _beliefs.Root;
            long maxWeights = _options.MaxMemoryBytes / 16;
            bool isConverged = root.Gap <= _options.Precision;
            int idle = 0;
            for (int trial = 0; !isConverged && idle < MaxIdleTrials && !_clock.IsOver && trial != _options.MaxIterations && _beliefs.WeightCount < maxWeights; trial++)
            {
                Report(final: false);
                (double, int) before = (root.Gap, _beliefs.NodeCount);

                // Improvements too small to keep can hold the gap a hair above the precision: where nothing has moved, the search goes deeper.
                _precision = (idle == 0 ? 1 : 0.9) * _options.Precision;
                _target = Math.Max(_precision, 0.5 * root.Gap);
                if (trial % 2 == 0)
                {
                    Sample(root, 0, root.Lower, root.Lower + _target);
                }
                else
                {
                    Sample(root, 0, double.NegativeInfinity, double.NegativeInfinity);
                }

                // A precision beyond that of the arithmetic would never be reached.
                idle = before == (root.Gap, _beliefs.NodeCount) ? idle + 1 : 0;
                Prune();
                isConverged = root.Gap <= _options.Precision;
            }

            Report(final: true);
            AlphaVectorPolicy policy = MakePolicy();
            return new PomdpSolution(policy, root.Lower, root.Upper, policy.Vectors.Count, _clock.Elapsed, isConverged, _clock.History);
        }

        // One path from the start belief down, then backups on the way up. With finite targets SARSOP's test ends it, else the gap's.
        private void Sample(BeliefNode node, int depth, double lowerTarget, double upperTarget)
        {
            BeliefSearch.Refresh(node);
            double known = node.Upper;
            double weight = Math.Pow(_model.Discount, -depth);
            bool selective = !double.IsNegativeInfinity(lowerTarget);
            double gap = (selective ? _precision : _target) * weight;
            bool stop = node.Gap <= gap * (selective ? 0.95 : 1) || depth == MaxDepth || _clock.IsOver;
            if (!stop && selective)
            {
                stop = _predictor.Predict(node, node.Informed.AsSpan(0, _model.ActionCount).ToArray().Max()) <= lowerTarget
                    && node.Upper <= Math.Max(upperTarget, node.Lower + (_target * weight));
            }

            int action = _beliefs.BackUpUpper(node);
            if (!stop)
            {
                Descend(node, node.Branches[action]!, depth, lowerTarget, upperTarget, gap / _model.Discount, weight);
                _beliefs.BackUpUpper(node);
            }

            BeliefSearch.ShareUpper(node, known, _leastUpper);
            _beliefs.BackUpLower(node, _leastLower);
        }

        private void Descend(BeliefNode node, BeliefBranch branch, int depth, double lowerTarget, double upperTarget, double nextGap, double weight)
        {
            int best = -1;
            double mostExcess = 0, lower = branch.Reward, upper = branch.Reward;
            for (int i = 0; i < branch.Children.Length; i++)
            {
                BeliefNode child = branch.Children[i];
                child.Class.Alphas.Raise(child);
                lower += _model.Discount * branch.Chances[i] * child.Lower;
                upper += _model.Discount * branch.Chances[i] * child.Upper;
                double excess = branch.Chances[i] * (child.Gap - nextGap);
                if (excess > mostExcess)
                {
                    mostExcess = excess;
                    best = i;
                }
            }

            if (best < 0)
            {
                return;
            }

            BeliefNode next = branch.Children[best];
            if (double.IsNegativeInfinity(lowerTarget))
            {
                Sample(next, depth + 1, lowerTarget, upperTarget);
                return;
            }

            // The targets of the child are what it would have to reach for the parent to reach its own.
            double share = _model.Discount * branch.Chances[best], value = Math.Max(node.Lower, lower);
            double wantedLower = Math.Max(lowerTarget, value), wantedUpper = Math.Max(upperTarget, value + (_target * weight));
            Sample(next, depth + 1, (wantedLower - (lower - (share * next.Lower))) / share, (wantedUpper - (upper - (share * next.Upper))) / share);
        }

        private void Prune()
        {
            if (_beliefs.AlphaCount > _pruneAlphasAt)
            {
                _beliefs.PruneAlphas();
                _pruneAlphasAt = (int)(1.2 * _beliefs.AlphaCount) + 50;
            }

            if (_beliefs.PointCount > _prunePointsAt)
            {
                _beliefs.PrunePoints();
                _prunePointsAt = (int)(1.2 * _beliefs.PointCount) + 50;
            }
        }

        private void Report(bool final) =>
            _clock.Report(_beliefs.Root.Lower, _beliefs.Root.Upper, _beliefs.AlphaCount, _beliefs.NodeCount, final);

        // Greedy choice among vectors earns what the vectors promise only if the plans they continue with are among them too,
        // also those that pruning has dropped from the search: so the policy is the closure of what is best somewhere.
        // A vector of a class says nothing of states outside; there it is given the worst that any plan can earn, so that it
        // stays a lower bound everywhere. Without discount there may be no worst: then a number below any that matters.
        private AlphaVectorPolicy MakePolicy()
        {
            _beliefs.PruneAlphas();
            double worst = MdpBounds.Extreme(_model, largest: false);
            double outside = _model.Discount < 1 ? worst / (1 - _model.Discount) : -1e9 * (1 + Math.Abs(worst));
            List<AlphaVector> vectors = [.. _blind.Select(b => new AlphaVector(b.Action, b.Values))];
            foreach ((SupportClass home, Alpha alpha) in Closure())
            {
                double[] values = new double[_model.StateCount];
                Array.Fill(values, outside);
                for (int s = 0; s < home.Size; s++)
                {
                    values[home.States[s]] = alpha.Values[s];
                }

                vectors.Add(new AlphaVector(alpha.Action, values));
            }

            return new AlphaVectorPolicy(vectors);
        }

        private List<(SupportClass Home, Alpha Alpha)> Closure()
        {
            List<(SupportClass Home, Alpha Alpha)> closure = [];
            HashSet<Alpha> known = [];
            Add(_beliefs.Root.Class, _beliefs.Root.Best!);
            for (int i = 0; i < closure.Count; i++)
            {
                (SupportClass home, Alpha alpha) = closure[i];
                ClassStep.Outcome[] outcomes = home.Step(alpha.Action).Outcomes;
                for (int o = 0; o < alpha.Follow!.Length; o++)
                {
                    Add(_beliefs.Classes[outcomes[o].Class], alpha.Follow[o]);
                }
            }

            return closure;

            // A plan may be continued by any other that is worth as much in every state.
            void Add(SupportClass home, Alpha alpha)
            {
                if (alpha.Follow is null || !known.Add(alpha))
                {
                    return;
                }

                foreach (Alpha newer in home.Alphas.Alphas)
                {
                    if (newer != alpha && newer.Stamp > alpha.Stamp && newer.Dominates(alpha))
                    {
                        Add(home, newer);
                        return;
                    }
                }

                closure.Add((home, alpha));
            }
        }
    }
}
