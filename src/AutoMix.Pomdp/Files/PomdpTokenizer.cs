using System.Globalization;

namespace AutoMix.Pomdps;

/// <summary>Splits a .pomdp file into words and colons, with two of lookahead, knowing where each stands.</summary>
internal sealed class PomdpTokenizer
{
    private const int MaxWordLength = 1024;

    private readonly TextReader _reader;
    private readonly string? _path;
    private readonly long _maxCharacters;
    private readonly char[] _buffer = new char[16384];
    private readonly Token[] _tokens = [new(), new(), new()];
    private int _length;
    private int _position;
    private long _read;
    private int _line = 1;
    private int _column = 1;
    private int _first;

    public PomdpTokenizer(TextReader reader, string? path, long maxCharacters)
    {
        _reader = reader;
        _path = path;
        _maxCharacters = maxCharacters;
        Scan(_tokens[0]);
        Scan(_tokens[1]);
        Scan(_tokens[2]);
    }

    public bool IsEnd => Current.Kind == Kind.End;

    public bool IsColon => Current.Kind == Kind.Colon;

    public bool IsWord => Current.Kind == Kind.Word;

    public ReadOnlySpan<char> Text => Current.Text;

    public int Line => Current.Line;

    public int Column => Current.Column;

    private Token Current => _tokens[_first];

    public bool Is(string word) => IsWord && Text.SequenceEqual(word);

    public bool NextIs(string word) => _tokens[(_first + 1) % 3].Kind == Kind.Word && _tokens[(_first + 1) % 3].Text.SequenceEqual(word);

    public bool NextIsColon => _tokens[(_first + 1) % 3].Kind == Kind.Colon;

    public bool SecondNextIsColon => _tokens[(_first + 2) % 3].Kind == Kind.Colon;

    public bool NextStartsNumber
    {
        get
        {
            Token next = _tokens[(_first + 1) % 3];
            return next.Kind == Kind.Word && (char.IsAsciiDigit(next.Text[0]) || next.Text[0] is '-' or '+' or '.');
        }
    }

    public void Advance()
    {
        Token old = Current;
        _first = (_first + 1) % 3;
        Scan(old);
    }

    /// <summary>Reads the current word as a finite number, if it is one.</summary>
    public bool TryNumber(out double number)
    {
        number = 0;
        if (!IsWord || !(char.IsAsciiDigit(Text[0]) || Text[0] is '-' or '+' or '.'))
        {
            return false;
        }

        return double.TryParse(Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
    }

    public bool TryInteger(out int number) => int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && IsWord;

    public PomdpFormatException Error(string problem) => new(problem, _path, Line, Column);

    public PomdpFormatException Error(string problem, int line) => new(problem, _path, line, 1);

    /// <summary>What stands here, for a message; long or unprintable text is cut.</summary>
    public string Describe()
    {
        if (IsEnd)
        {
            return "the end of the file";
        }

        if (IsColon)
        {
            return "':'";
        }

        ReadOnlySpan<char> shown = Text.Length > 40 ? Text[..40] : Text;
        return $"'{shown}'";
    }

    private void Scan(Token token)
    {
        token.Length = 0;
        int c;
        while (true)
        {
            c = Peek();
            if (c == '#')
            {
                while (c is not (-1 or '\n'))
                {
                    Take();
                    c = Peek();
                }
            }
            else if (c is -1 || !(char.IsWhiteSpace((char)c) || c == 0xFEFF))
            {
                break;
            }
            else
            {
                Take();
            }
        }

        token.Line = _line;
        token.Column = _column;
        if (c == -1)
        {
            token.Kind = Kind.End;
            return;
        }

        if (c == ':')
        {
            Take();
            token.Kind = Kind.Colon;
            return;
        }

        token.Kind = Kind.Word;
        while (c is not (-1 or ':' or '#') && !char.IsWhiteSpace((char)c))
        {
            if (token.Length == MaxWordLength)
            {
                throw new PomdpFormatException($"A word of more than {MaxWordLength} characters.", _path, token.Line, token.Column);
            }

            token.Append((char)c);
            Take();
            c = Peek();
        }
    }

    private int Peek()
    {
        if (_position == _length)
        {
            _length = _reader.Read(_buffer, 0, _buffer.Length);
            _position = 0;
            _read += _length;
            if (_read > _maxCharacters)
            {
                throw new PomdpFormatException($"The file has more than {_maxCharacters} characters; raise PomdpLimits.MaxCharacters if it is meant to.", _path, _line, _column);
            }

            if (_length == 0)
            {
                return -1;
            }
        }

        return _buffer[_position];
    }

    private void Take()
    {
        if (_buffer[_position++] == '\n')
        {
            _line++;
            _column = 1;
        }
        else
        {
            _column++;
        }
    }

    private enum Kind
    {
        Word,
        Colon,
        End,
    }

    private sealed class Token
    {
        private char[] _text = new char[32];

        public Kind Kind { get; set; }

        public int Line { get; set; }

        public int Column { get; set; }

        public int Length { get; set; }

        public ReadOnlySpan<char> Text => _text.AsSpan(0, Length);

        public void Append(char c)
        {
            if (Length == _text.Length)
            {
                Array.Resize(ref _text, 2 * Length);
            }

            _text[Length++] = c;
        }
    }
}
