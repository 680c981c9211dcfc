using System.Text;

namespace Nacelle.EndToEndTests.Terminals;

/// <summary>
/// What a person would see: a grid of cells driven by the control sequences of ECMA-48 and xterm that shells and kubectl use. Lines that scroll off the
/// top are kept, so a row has an absolute number that never changes. Not safe for concurrent use; <see cref="Terminal"/> locks.
/// </summary>
public sealed class Screen(int columns, int rows)
{
    private readonly List<string> _history = [];
    private Rune[][] _grid = NewGrid(columns, rows);
    private bool _wrapPending;
    private (int Row, int Column) _saved;

    public int Columns { get; private set; } = columns;

    public int Rows { get; private set; } = rows;

    /// <summary>The cursor's row on the grid, from 0.</summary>
    public int CursorRow { get; private set; }

    /// <summary>The cursor's column, from 0.</summary>
    public int CursorColumn { get; private set; }

    /// <summary>The cursor's row counted from the first line ever shown.</summary>
    public int AbsoluteRow => _history.Count + CursorRow;

    public string CursorLine => Line(AbsoluteRow);

    /// <summary>The line with an absolute number, without trailing blanks.</summary>
    public string Line(int absoluteRow)
        => absoluteRow < _history.Count ? _history[absoluteRow] : Write(_grid[absoluteRow - _history.Count]);

    /// <summary>Lines from one absolute row up to, not including, another.</summary>
    public IReadOnlyList<string> Lines(int first, int end) => [.. Enumerable.Range(first, Math.Max(0, end - first)).Select(Line)];

    /// <summary>The visible lines, without trailing empty ones.</summary>
    public string Text => string.Join('\n', _grid.Select(Write)).TrimEnd('\n');

    /// <summary>Everything shown since the start, without trailing empty lines.</summary>
    public string Transcript => string.Join('\n', _history.Concat(_grid.Select(Write))).TrimEnd('\n');

    public void Resize(int columns, int rows)
    {
        while (CursorRow >= rows)
        {
            ScrollUp();
            CursorRow--;
        }

        var grid = NewGrid(columns, rows);
        for (var row = 0; row < Math.Min(rows, Rows); row++)
        {
            Array.Copy(_grid[row], grid[row], Math.Min(columns, Columns));
        }

        (_grid, Columns, Rows) = (grid, columns, rows);
        MoveTo(CursorRow, CursorColumn);
    }

    public void Print(Rune rune)
    {
        if (_wrapPending)
        {
            CursorColumn = 0;
            LineFeed();
        }

        _grid[CursorRow][CursorColumn] = rune;
        if (CursorColumn == Columns - 1)
        {
            // As on a VT100 the cursor stays on the last column until the next character comes.
            _wrapPending = true;
        }
        else
        {
            CursorColumn++;
        }
    }

    public void CarriageReturn() => MoveTo(CursorRow, 0);

    public void Backspace() => MoveTo(CursorRow, CursorColumn - 1);

    public void Tab() => MoveTo(CursorRow, (CursorColumn / 8 * 8) + 8);

    public void LineFeed()
    {
        _wrapPending = false;
        if (CursorRow == Rows - 1)
        {
            ScrollUp();
        }
        else
        {
            CursorRow++;
        }
    }

    public void ReverseLineFeed()
    {
        _wrapPending = false;
        if (CursorRow > 0)
        {
            CursorRow--;
            return;
        }

        InsertLines(1);
    }

    /// <summary>Moves the cursor, kept on the grid.</summary>
    public void MoveTo(int row, int column)
    {
        _wrapPending = false;
        CursorRow = Math.Clamp(row, 0, Rows - 1);
        CursorColumn = Math.Clamp(column, 0, Columns - 1);
    }

    public void SaveCursor() => _saved = (CursorRow, CursorColumn);

    public void RestoreCursor() => MoveTo(_saved.Row, _saved.Column);

    /// <summary>ED: 0 from the cursor to the end, 1 from the start to the cursor, 2 and 3 everything.</summary>
    public void EraseDisplay(int mode)
    {
        for (var row = 0; row < Rows; row++)
        {
            if (mode >= 2 || (mode == 0 && row > CursorRow) || (mode == 1 && row < CursorRow))
            {
                Array.Fill(_grid[row], Blank);
            }
        }

        if (mode < 2)
        {
            EraseLine(mode);
        }
    }

    /// <summary>EL: 0 from the cursor to the end of the line, 1 from its start to the cursor, 2 the whole line.</summary>
    public void EraseLine(int mode)
    {
        var from = mode == 0 ? CursorColumn : 0;
        var to = mode == 1 ? CursorColumn + 1 : Columns;
        Array.Fill(_grid[CursorRow], Blank, from, to - from);
    }

    public void EraseCharacters(int count)
        => Array.Fill(_grid[CursorRow], Blank, CursorColumn, Math.Min(count, Columns - CursorColumn));

    public void DeleteCharacters(int count)
    {
        var line = _grid[CursorRow];
        count = Math.Min(count, Columns - CursorColumn);
        Array.Copy(line, CursorColumn + count, line, CursorColumn, Columns - CursorColumn - count);
        Array.Fill(line, Blank, Columns - count, count);
    }

    public void InsertCharacters(int count)
    {
        var line = _grid[CursorRow];
        count = Math.Min(count, Columns - CursorColumn);
        Array.Copy(line, CursorColumn, line, CursorColumn + count, Columns - CursorColumn - count);
        Array.Fill(line, Blank, CursorColumn, count);
    }

    public void InsertLines(int count)
    {
        for (var i = 0; i < Math.Min(count, Rows - CursorRow); i++)
        {
            Array.Copy(_grid, CursorRow, _grid, CursorRow + 1, Rows - CursorRow - 1);
            _grid[CursorRow] = NewLine(Columns);
        }
    }

    public void DeleteLines(int count)
    {
        for (var i = 0; i < Math.Min(count, Rows - CursorRow); i++)
        {
            Array.Copy(_grid, CursorRow + 1, _grid, CursorRow, Rows - CursorRow - 1);
            _grid[Rows - 1] = NewLine(Columns);
        }
    }

    private static Rune Blank => new(' ');

    private static Rune[] NewLine(int columns)
    {
        var line = new Rune[columns];
        Array.Fill(line, Blank);
        return line;
    }

    private static Rune[][] NewGrid(int columns, int rows)
        => [.. Enumerable.Range(0, rows).Select(_ => NewLine(columns))];

    private static string Write(Rune[] line)
    {
        var text = new StringBuilder(line.Length);
        foreach (var rune in line)
        {
            text.Append(rune.ToString());
        }

        return text.ToString().TrimEnd();
    }

    private void ScrollUp()
    {
        _history.Add(Write(_grid[0]));
        Array.Copy(_grid, 1, _grid, 0, Rows - 1);
        _grid[Rows - 1] = NewLine(Columns);
    }
}
