namespace AutoMix.Beliefs;

/// <summary>A matrix of non-negative numbers, most of them zero, stored row by row (CSR). Immutable.</summary>
public sealed class SparseMatrix
{
    private readonly int[] _rowStarts;
    private readonly int[] _columns;
    private readonly double[] _values;

    /// <summary>Takes over the arrays of a CSR matrix.</summary>
    /// <param name="rowStarts">Where each row starts in the other two, and the end of the last: one more than there are rows.</param>
    /// <param name="columns">Column of each entry, ascending within a row.</param>
    /// <param name="values">Value of each entry.</param>
    /// <param name="columnCount">Number of columns.</param>
    /// <exception cref="ArgumentException">The arrays do not describe a matrix.</exception>
    public SparseMatrix(int[] rowStarts, int[] columns, double[] values, int columnCount)
    {
        ArgumentNullException.ThrowIfNull(rowStarts);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(values);
        if (rowStarts.Length == 0 || rowStarts[0] != 0 || rowStarts[^1] != columns.Length || columns.Length != values.Length)
        {
            throw new ArgumentException("Row starts, columns and values do not fit together.", nameof(rowStarts));
        }

        for (int row = 0; row + 1 < rowStarts.Length; row++)
        {
            if (rowStarts[row + 1] < rowStarts[row])
            {
                throw new ArgumentException($"Row {row} ends before it starts.", nameof(rowStarts));
            }

            for (int i = rowStarts[row]; i < rowStarts[row + 1]; i++)
            {
                if ((uint)columns[i] >= (uint)columnCount || (i > rowStarts[row] && columns[i] <= columns[i - 1]))
                {
                    throw new ArgumentException($"Columns of row {row} are not ascending numbers below {columnCount}.", nameof(columns));
                }
            }
        }

        _rowStarts = rowStarts;
        _columns = columns;
        _values = values;
        ColumnCount = columnCount;
    }

    /// <summary>Number of rows.</summary>
    public int RowCount => _rowStarts.Length - 1;

    /// <summary>Number of columns.</summary>
    public int ColumnCount { get; }

    /// <summary>Number of stored entries.</summary>
    public int EntryCount => _values.Length;

    /// <summary>Where each row starts, and the end of the last.</summary>
    public ReadOnlySpan<int> RowStarts => _rowStarts;

    /// <summary>Column of every entry.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>Value of every entry.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Columns of the entries of a row, ascending.</summary>
    public ReadOnlySpan<int> RowColumns(int row) => _columns.AsSpan(_rowStarts[row], _rowStarts[row + 1] - _rowStarts[row]);

    /// <summary>Values of the entries of a row.</summary>
    public ReadOnlySpan<double> RowValues(int row) => _values.AsSpan(_rowStarts[row], _rowStarts[row + 1] - _rowStarts[row]);

    /// <summary>The number at a place; 0 where nothing is stored.</summary>
    public double this[int row, int column]
    {
        get
        {
            int at = RowColumns(row).BinarySearch(column);
            return at < 0 ? 0 : RowValues(row)[at];
        }
    }

    /// <summary>The matrix with rows and columns exchanged.</summary>
    public SparseMatrix Transpose()
    {
        int[] starts = new int[ColumnCount + 1];
        foreach (int column in _columns)
        {
            starts[column + 1]++;
        }

        for (int c = 0; c < ColumnCount; c++)
        {
            starts[c + 1] += starts[c];
        }

        int[] next = [.. starts];
        int[] rows = new int[_columns.Length];
        double[] values = new double[_values.Length];
        for (int row = 0; row < RowCount; row++)
        {
            for (int i = _rowStarts[row]; i < _rowStarts[row + 1]; i++)
            {
                int at = next[_columns[i]]++;
                rows[at] = row;
                values[at] = _values[i];
            }
        }

        return new SparseMatrix(starts, rows, values, RowCount);
    }

    /// <summary>The matrix written out in full, row by row.</summary>
    public double[] ToDense()
    {
        double[] dense = new double[(long)RowCount * ColumnCount];
        for (int row = 0; row < RowCount; row++)
        {
            for (int i = _rowStarts[row]; i < _rowStarts[row + 1]; i++)
            {
                dense[((long)row * ColumnCount) + _columns[i]] = _values[i];
            }
        }

        return dense;
    }
}
