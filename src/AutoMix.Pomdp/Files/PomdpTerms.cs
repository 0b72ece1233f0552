namespace AutoMix.Pomdps;

/// <summary>The terms that the sections of a .pomdp file are made of: names, numbers, rows and colons.</summary>
internal sealed class PomdpTerms(PomdpTokenizer tokens)
{
    private const int Any = PomdpBuilder.Any;

    public void Matrix(int rows, int columns, string title, Action<int, double[]> take)
    {
        for (int r = 0; r < rows; r++)
        {
            int state = r;
            Row(columns, title, row => take(state, row), r, rows);
        }
    }

    public void Row(int columns, string title, Action<double[]> take, int number = 0, int of = 1)
    {
        double[] row = new double[columns];
        for (int c = 0; c < columns; c++)
        {
            if (!tokens.TryNumber(out row[c]))
            {
                throw Expected(of > 1 ? $"a number ({title}: row {number + 1} of {of}, column {c + 1} of {columns})" : $"a number ({title}: {c + 1} of {columns})");
            }

            tokens.Advance();
        }

        Guard(() => take(row));
    }

    public NameList Names(string kind, int limit)
    {
        if (tokens.TryInteger(out int count) && !tokens.NextStartsNumber)
        {
            if (count <= 0 || count > limit)
            {
                throw tokens.Error($"The number of {kind} must be from 1 to {limit}, not {count}.");
            }

            tokens.Advance();
            return new NameList(count);
        }

        List<string> names = [];
        while (tokens.IsWord && !AtSection())
        {
            if (names.Count == limit)
            {
                throw tokens.Error($"More than {limit} {kind}.");
            }

            names.Add(tokens.Text.ToString());
            tokens.Advance();
        }

        return names.Count > 0 ? Guard(() => new NameList(names)) : throw Expected($"{kind}, as names or as a count");
    }

    public bool AtSection() => tokens.NextIsColon || (tokens.SecondNextIsColon && tokens.Is("start") && (tokens.NextIs("include") || tokens.NextIs("exclude")));

    public int Index(NameList names, string kind, bool allowAny = true)
    {
        if (!tokens.IsWord)
        {
            throw Expected($"a {kind}");
        }

        int index = allowAny && tokens.Is("*") ? Any : names.Find(tokens.Text);
        if (index == Any && !(allowAny && tokens.Is("*")))
        {
            throw tokens.Error($"There is no {kind} {tokens.Describe()}.");
        }

        tokens.Advance();
        return index;
    }

    public double Number(string what)
    {
        if (!tokens.TryNumber(out double number))
        {
            throw Expected(what);
        }

        tokens.Advance();
        return number;
    }

    public void RequireColon()
    {
        if (!TakeColon())
        {
            throw Expected("':'");
        }
    }

    public bool TakeColon()
    {
        bool colon = tokens.IsColon;
        if (colon)
        {
            tokens.Advance();
        }

        return colon;
    }

    public PomdpFormatException Expected(string what) => tokens.Error($"Expected {what}, found {tokens.Describe()}.");

    public void Guard(Action change) => Guard<object?>(() =>
    {
        change();
        return null;
    });

    public T Guard<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch (PomdpException e) when (e is not PomdpFormatException)
        {
            throw tokens.Error(e.Message);
        }
    }
}
