using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>Turns a model that ends after N steps into one that knows in its state how many steps are left, which every solver can solve.</summary>
public static class FiniteHorizon
{
    /// <summary>
    /// The same process with the number of steps taken as part of the state: state s at step t is t * S + s, and one more
    /// state follows the last step, in which nothing happens. The observation after the last step is the first one.
    /// </summary>
    /// <param name="model">A model with a horizon.</param>
    /// <param name="limits">How large the result may become.</param>
    /// <exception cref="PomdpException">The model has no horizon, or the result is above the limits.</exception>
    public static Pomdp Unroll(Pomdp model, PomdpLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        int horizon = model.Horizon ?? throw new PomdpException("The model has no horizon to unroll.");
        limits ??= PomdpLimits.Default;
        int states = model.StateCount;
        long total = ((long)states * horizon) + 1;
        if (total * model.ActionCount > limits.MaxStateActions)
        {
            throw new PomdpException($"{states} states over {horizon} steps with {model.ActionCount} actions are more than PomdpLimits.MaxStateActions allows.");
        }

        PomdpBuilder builder = new(new NameList((int)total), model.ActionNames, model.ObservationNames, model.Discount, limits);
        int end = (int)total - 1;
        for (int action = 0; action < model.ActionCount; action++)
        {
            SparseMatrix transitions = model.Transitions(action), observations = model.ObservationModel(action);
            for (int step = 0; step < horizon; step++)
            {
                for (int s = 0; s < states; s++)
                {
                    int here = (step * states) + s;
                    builder.Reward(action, here, model.Rewards(action)[s]);
                    if (step + 1 == horizon)
                    {
                        builder.Transition(action, here, end, 1);
                    }
                    else
                    {
                        Copy(transitions, s, (next, p) => builder.Transition(action, here, ((step + 1) * states) + next, p));
                    }

                    Copy(observations, s, (seen, p) => builder.Observation(action, here, seen, p));
                }
            }

            builder.Transition(action, end, end, 1).Observation(action, end, 0, 1);
        }

        double[] start = new double[total];
        model.Start.CopyTo(start);
        return builder.Start(start).Build();
    }

    internal static void Refuse(Pomdp model, string solver)
    {
        if (model.Horizon is not null)
        {
            throw new PomdpException($"'{solver}' solves models without a horizon: pass FiniteHorizon.Unroll(model), or use the exact solver.");
        }
    }

    private static void Copy(SparseMatrix matrix, int row, Action<int, double> take)
    {
        ReadOnlySpan<int> columns = matrix.RowColumns(row);
        ReadOnlySpan<double> values = matrix.RowValues(row);
        for (int i = 0; i < columns.Length; i++)
        {
            take(columns[i], values[i]);
        }
    }
}
