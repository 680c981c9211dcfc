using System.Globalization;
using System.Text;

namespace Nacelle.EndToEndTests.Terminals;

/// <summary>
/// Feeds a program's output to a <see cref="Screen"/>. Sequences may be cut anywhere between two calls. What only colours or rings is dropped; a question
/// for the cursor's position (busybox's line editor asks it) is answered through <paramref name="answer"/>, as a real terminal does.
/// </summary>
public sealed class EscapeParser(Screen screen, Action<string> answer)
{
    private enum State
    {
        Ground,
        Escape,
        EscapeOneMore,
        Control,
        String,
        StringEscape,
    }

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _parameters = new();
    private State _state = State.Ground;
    private char _highSurrogate;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = stackalloc char[1024];
        while (!bytes.IsEmpty)
        {
            _decoder.Convert(bytes, characters, flush: false, out var used, out var written, out _);
            bytes = bytes[used..];
            foreach (var character in characters[..written])
            {
                Feed(character);
            }
        }
    }

    private void Feed(char character)
    {
        switch (_state)
        {
            case State.Ground:
                Ground(character);
                break;
            case State.Escape:
                Escape(character);
                break;
            case State.EscapeOneMore:
                _state = State.Ground;
                break;
            case State.Control when character is >= '@' and <= '~':
                _state = State.Ground;
                Control(character);
                break;
            case State.Control:
                _parameters.Append(character);
                break;
            case State.String:
                _state = character == '\a' ? State.Ground : character == '\e' ? State.StringEscape : State.String;
                break;
            case State.StringEscape:
                _state = State.Ground;
                break;
        }
    }

    private void Ground(char character)
    {
        switch (character)
        {
            case '\e':
                _state = State.Escape;
                break;
            case '\r':
                screen.CarriageReturn();
                break;
            case '\n' or '\v' or '\f':
                screen.LineFeed();
                break;
            case '\b':
                screen.Backspace();
                break;
            case '\t':
                screen.Tab();
                break;
            case < ' ' or '\x7f':
                break;
            default:
                Print(character);
                break;
        }
    }

    private void Print(char character)
    {
        if (char.IsHighSurrogate(character))
        {
            _highSurrogate = character;
            return;
        }

        screen.Print(char.IsLowSurrogate(character) && Rune.TryCreate(_highSurrogate, character, out var pair) ? pair
            : Rune.TryCreate(character, out var rune) ? rune : Rune.ReplacementChar);
    }

    private void Escape(char character)
    {
        _state = State.Ground;
        switch (character)
        {
            case '[':
                _parameters.Clear();
                _state = State.Control;
                break;
            case ']' or 'P' or '_' or '^' or 'X':
                _state = State.String;
                break;
            case '(' or ')' or '*' or '+' or '#' or '%':
                _state = State.EscapeOneMore;
                break;
            case '7':
                screen.SaveCursor();
                break;
            case '8':
                screen.RestoreCursor();
                break;
            case 'D':
                screen.LineFeed();
                break;
            case 'E':
                screen.CarriageReturn();
                screen.LineFeed();
                break;
            case 'M':
                screen.ReverseLineFeed();
                break;
            case 'c':
                screen.EraseDisplay(2);
                screen.MoveTo(0, 0);
                break;
        }
    }

    private void Control(char final)
    {
        var text = _parameters.ToString();
        if (text.StartsWith('?') || text.StartsWith('>'))
        {
            // Private modes: cursor shape, bracketed paste, mouse. None changes the text.
            return;
        }

        var numbers = text.Split(';').Select(part => int.TryParse(part, CultureInfo.InvariantCulture, out var value) ? value : 0).ToArray();
        var first = numbers[0];
        var count = Math.Max(1, first);
        switch (final)
        {
            case 'A' or 'F':
                screen.MoveTo(screen.CursorRow - count, final == 'F' ? 0 : screen.CursorColumn);
                break;
            case 'B' or 'E':
                screen.MoveTo(screen.CursorRow + count, final == 'E' ? 0 : screen.CursorColumn);
                break;
            case 'C':
                screen.MoveTo(screen.CursorRow, screen.CursorColumn + count);
                break;
            case 'D':
                screen.MoveTo(screen.CursorRow, screen.CursorColumn - count);
                break;
            case 'G' or '`':
                screen.MoveTo(screen.CursorRow, count - 1);
                break;
            case 'd':
                screen.MoveTo(count - 1, screen.CursorColumn);
                break;
            case 'H' or 'f':
                screen.MoveTo(count - 1, (numbers.Length > 1 ? Math.Max(1, numbers[1]) : 1) - 1);
                break;
            case 'J':
                screen.EraseDisplay(first);
                break;
            case 'K':
                screen.EraseLine(first);
                break;
            case 'L':
                screen.InsertLines(count);
                break;
            case 'M':
                screen.DeleteLines(count);
                break;
            case 'P':
                screen.DeleteCharacters(count);
                break;
            case '@':
                screen.InsertCharacters(count);
                break;
            case 'X':
                screen.EraseCharacters(count);
                break;
            case 's':
                screen.SaveCursor();
                break;
            case 'u':
                screen.RestoreCursor();
                break;
            case 'n' when first == 6:
                answer(string.Create(CultureInfo.InvariantCulture, $"\e[{screen.CursorRow + 1};{screen.CursorColumn + 1}R"));
                break;
        }
    }
}
