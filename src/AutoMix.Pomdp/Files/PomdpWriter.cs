using System.Globalization;
using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>Writes models in the .pomdp text format; what <see cref="PomdpReader"/> reads back is the same model, number for number.</summary>
public static class PomdpWriter
{
    /// <summary>Writes a model to a file.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Pomdp model)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        using StreamWriter writer = new(path);
        Write(writer, model);
    }

    /// <summary>Writes a model.</summary>
    /// <param name="writer">Where to; it stays open.</param>
    /// <param name="model">The model.</param>
    public static void Write(TextWriter writer, Pomdp model)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(model);
        writer.Write($"discount: {Text(model.Discount)}\nvalues: reward\n");
        if (model.Horizon is int horizon)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"horizon: {horizon}\n"));
        }

        WriteNames(writer, "states", model.StateNames);
        WriteNames(writer, "actions", model.ActionNames);
        WriteNames(writer, "observations", model.ObservationNames);
        writer.Write("start:");
        foreach (double p in model.Start)
        {
            writer.Write(' ');
            writer.Write(Text(p));
        }

        writer.Write("\n\n");
        for (int action = 0; action < model.ActionCount; action++)
        {
            WriteMatrix(writer, $"T: {model.Actions[action]} : ", model.Transitions(action), model.StateNames, model.StateNames);
        }

        for (int action = 0; action < model.ActionCount; action++)
        {
            WriteMatrix(writer, $"O: {model.Actions[action]} : ", model.ObservationModel(action), model.StateNames, model.ObservationNames);
        }

        for (int action = 0; action < model.ActionCount; action++)
        {
            ReadOnlySpan<double> rewards = model.Rewards(action);
            for (int state = 0; state < rewards.Length; state++)
            {
                if (rewards[state] != 0)
                {
                    writer.Write($"R: {model.Actions[action]} : {model.States[state]} : * : * {Text(rewards[state])}\n");
                }
            }
        }
    }

    private static void WriteNames(TextWriter writer, string title, NameList names)
    {
        writer.Write($"{title}: ");
        writer.Write(names.IsNumbered ? names.Count.ToString(CultureInfo.InvariantCulture) : string.Join(' ', names));
        writer.Write('\n');
    }

    private static void WriteMatrix(TextWriter writer, string prefix, SparseMatrix matrix, NameList rows, NameList columns)
    {
        for (int row = 0; row < matrix.RowCount; row++)
        {
            ReadOnlySpan<int> at = matrix.RowColumns(row);
            ReadOnlySpan<double> values = matrix.RowValues(row);
            for (int i = 0; i < at.Length; i++)
            {
                writer.Write($"{prefix}{rows[row]} : {columns[at[i]]} {Text(values[i])}\n");
            }
        }
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
