using System.Globalization;
using AutoMix.Beliefs;

namespace AutoMix.Pomdps;

/// <summary>
/// T or O while a model is being described: one row for each action and state, later entries replacing earlier ones,
/// rows that are uniform, identity or the start belief expanded only at the end.
/// </summary>
internal sealed class ProbabilityTable
{
    private readonly string _title;
    private readonly int _states;
    private readonly int _actions;
    private readonly int _columns;
    private readonly EntryBudget _budget;
    private readonly Row?[] _rows;

    public ProbabilityTable(string title, int actions, int states, int columns, EntryBudget budget)
    {
        _title = title;
        _actions = actions;
        _states = states;
        _columns = columns;
        _budget = budget;
        _rows = new Row?[(long)actions * states];
    }

    private enum Base
    {
        Constant,
        Uniform,
        Identity,
        Start,
    }

    /// <summary>Sets one entry; <see cref="PomdpBuilder.Any"/> means every action, state or column.</summary>
    public void Set(int action, int state, int column, double value, int line)
    {
        ForRows(action, state, line, row =>
        {
            if (column == PomdpBuilder.Any)
            {
                row.Reset(Base.Constant, value);
            }
            else
            {
                row.Add(column, value, _columns);
            }
        });
    }

    /// <summary>Sets a whole row.</summary>
    public void SetRow(int action, int state, ReadOnlySpan<double> values, int line)
    {
        int count = values.Length - values.Count(0.0);
        int[] columns = new int[count];
        double[] entries = new double[count];
        int at = 0;
        for (int c = 0; c < values.Length; c++)
        {
            if (values[c] != 0)
            {
                columns[at] = c;
                entries[at++] = values[c];
            }
        }

        ForRows(action, state, line, row =>
        {
            _budget.Spend(count);
            row.Reset(Base.Constant, 0);
            for (int i = 0; i < count; i++)
            {
                row.Add(columns[i], entries[i], _columns);
            }
        });
    }

    public void SetUniform(int action, int state, int line) => ForRows(action, state, line, static row => row.Reset(Base.Uniform, 0));

    public void SetIdentity(int action, int line) => ForRows(action, PomdpBuilder.Any, line, static row => row.Reset(Base.Identity, 0));

    public void SetStart(int action, int state, int line) => ForRows(action, state, line, static row => row.Reset(Base.Start, 0));

    /// <summary>The finished matrices, one an action; every row is checked and small rounding errors in its sum are removed.</summary>
    public SparseMatrix[] Build(double[] start, NameList actionNames, NameList stateNames, int lastLine, Func<string, int, PomdpException> error)
    {
        SparseMatrix[] matrices = new SparseMatrix[_actions];
        double[] values = new double[_columns];
        int[] stamps = new int[_columns];
        int stamp = 0;
        List<int> columns = [];
        for (int action = 0; action < _actions; action++)
        {
            int[] starts = new int[_states + 1];
            List<int> allColumns = [];
            List<double> allValues = [];
            for (int state = 0; state < _states; state++)
            {
                Row? row = _rows[((long)action * _states) + state];
                stamp++;
                columns.Clear();
                row?.Expand(state, start, values, stamps, stamp, columns, _budget);
                columns.Sort();
                double sum = 0;
                foreach (int column in columns)
                {
                    if (values[column] < 0 || values[column] > 1 + Tolerance(1) || double.IsNaN(values[column]))
                    {
                        throw error($"{Name(action, state)}: {Text(values[column])} is not a probability.", row!.Line);
                    }

                    sum += values[column];
                }

                if (!(Math.Abs(sum - 1) <= Tolerance(columns.Count)))
                {
                    throw error($"{Name(action, state)}: the probabilities sum to {Text(sum)}, not 1.", row?.Line ?? lastLine);
                }

                double scale = NeedsScaling(sum) ? 1 / sum : 1;
                foreach (int column in columns)
                {
                    if (values[column] > 0)
                    {
                        allColumns.Add(column);
                        allValues.Add(values[column] * scale);
                    }
                }

                starts[state + 1] = allColumns.Count;
                _rows[((long)action * _states) + state] = null;
            }

            matrices[action] = new SparseMatrix(starts, [.. allColumns], [.. allValues], _columns);
        }

        return matrices;

        string Name(int action, int state) => $"{_title}: {actionNames[action]} : {stateNames[state]}";
    }

    /// <summary>Files print few digits: each entry may be off by half a unit of the sixth, and the sum a little besides.</summary>
    internal static double Tolerance(int entries) => 1e-4 + (5e-7 * entries);

    /// <summary>A sum this close to 1 is rounding of the last scaling; scaling again would change the numbers on every reading.</summary>
    internal static bool NeedsScaling(double sum) => Math.Abs(sum - 1) > 1e-10;

    internal static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private void ForRows(int action, int state, int line, Action<Row> change)
    {
        int firstAction = action == PomdpBuilder.Any ? 0 : action, endAction = action == PomdpBuilder.Any ? _actions : action + 1;
        int firstState = state == PomdpBuilder.Any ? 0 : state, endState = state == PomdpBuilder.Any ? _states : state + 1;
        _budget.Spend((long)(endAction - firstAction) * (endState - firstState));
        for (int a = firstAction; a < endAction; a++)
        {
            for (int s = firstState; s < endState; s++)
            {
                ref Row? row = ref _rows[((long)a * _states) + s];
                row ??= new Row();
                row.Line = line;
                change(row);
            }
        }
    }

    private sealed class Row
    {
        private Base _base;
        private double _constant;
        private int[] _columns = [];
        private double[] _values = [];
        private int _count;

        public int Line { get; set; }

        public void Reset(Base from, double constant)
        {
            _base = from;
            _constant = constant;
            _count = 0;
        }

        public void Add(int column, double value, int columnCount)
        {
            if (_count == _columns.Length)
            {
                if (_count >= (2 * columnCount) + 16)
                {
                    Compact();
                }

                if (_count == _columns.Length)
                {
                    Array.Resize(ref _columns, Math.Max(4, 2 * _count));
                    Array.Resize(ref _values, _columns.Length);
                }
            }

            _columns[_count] = column;
            _values[_count++] = value;
        }

        public void Expand(int self, double[] start, double[] values, int[] stamps, int stamp, List<int> columns, EntryBudget budget)
        {
            bool dense = _base is Base.Uniform or Base.Start || (_base == Base.Constant && _constant != 0);
            budget.Spend(_count + (dense ? values.Length : 1));
            if (dense)
            {
                double constant = _base == Base.Uniform ? 1.0 / values.Length : _constant;
                for (int c = 0; c < values.Length; c++)
                {
                    double value = _base == Base.Start ? start[c] : constant;
                    if (value != 0)
                    {
                        Put(c, value);
                    }
                }
            }
            else if (_base == Base.Identity)
            {
                Put(self, 1);
            }

            for (int i = 0; i < _count; i++)
            {
                Put(_columns[i], _values[i]);
            }

            void Put(int column, double value)
            {
                if (stamps[column] != stamp)
                {
                    stamps[column] = stamp;
                    columns.Add(column);
                }

                values[column] = value;
            }
        }

        private void Compact()
        {
            Dictionary<int, double> last = [];
            for (int i = 0; i < _count; i++)
            {
                last[_columns[i]] = _values[i];
            }

            _count = 0;
            foreach ((int column, double value) in last)
            {
                _columns[_count] = column;
                _values[_count++] = value;
            }
        }
    }
}
