using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace AutoMix.Quickstart;

/// <summary>Shows requests as they end: a live table on a terminal, plain lines where the output goes to a file or a pipe.</summary>
internal sealed class RequestView(IAnsiConsole console)
{
    private const int Rows = 14;
    private const int PlainLines = 20;
    private const int Question = 20;
    private const int Answer = 10;
    private const int Cost = 9;
    private const int Borders = 13;
    private static readonly TimeSpan BetweenDrawings = TimeSpan.FromMilliseconds(100);

    public async Task ShowAsync(IAsyncEnumerable<RequestLine> requests)
    {
        if (console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal)
        {
            await ShowTableAsync(requests);
        }
        else
        {
            await ShowLinesAsync(requests);
        }
    }

    private async Task ShowTableAsync(IAsyncEnumerable<RequestLine> requests)
    {
        int path = Math.Max(16, console.Profile.Width - Question - Answer - Cost - Borders);
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumn(new TableColumn("Request").Width(Question))
            .AddColumn(new TableColumn("Path").Width(path))
            .AddColumn(new TableColumn("Answer").Width(Answer))
            .AddColumn(new TableColumn("$/million").Width(Cost).RightAligned());
        await console.Live(table).StartAsync(async live =>
        {
            // Drawing a table takes longer than answering a simulated request, so that not every one is drawn.
            int count = 0;
            long drawn = 0;
            await foreach (RequestLine request in requests)
            {
                if (table.Rows.Count == Rows)
                {
                    table.RemoveRow(0);
                }

                table.AddRow(
                    new Text(OneLine(request.Question, Question)),
                    new Text(OneLine(request.Path, path)),
                    new Text(OneLine(request.Answer, Answer), new Style(request.IsCorrect ? Color.Green : Color.Red)),
                    new Text(Dollars(request.Cost)));
                table.Caption = new TableTitle(string.Create(CultureInfo.InvariantCulture, $"{++count} requests"));
                if (drawn == 0 || Stopwatch.GetElapsedTime(drawn) > BetweenDrawings)
                {
                    live.Refresh();
                    drawn = Stopwatch.GetTimestamp();
                }
            }

            live.Refresh();
        });
    }

    private async Task ShowLinesAsync(IAsyncEnumerable<RequestLine> requests)
    {
        int count = 0;
        await foreach (RequestLine request in requests)
        {
            if (count++ < PlainLines)
            {
                console.Profile.Out.Writer.WriteLine($"{request.Question} | {request.Path} | {(request.IsCorrect ? "right" : "wrong")}: {request.Answer} | {Dollars(request.Cost)} per million");
            }
        }

        if (count > PlainLines)
        {
            console.Profile.Out.Writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"... and {count - PlainLines} more requests"));
        }
    }

    /// <summary>At most <paramref name="width"/> characters without line breaks, so that every row is one line high.</summary>
    private static string OneLine(string text, int width)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= width ? line : line[..(width - 1)] + "…";
    }

    private static string Dollars(decimal? cost) =>
        cost is decimal dollars ? string.Create(CultureInfo.InvariantCulture, $"${dollars * 1_000_000m:0.0}") : "-";
}
