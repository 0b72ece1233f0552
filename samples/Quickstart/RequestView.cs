using System.Globalization;
using Spectre.Console;

namespace AutoMix.Quickstart;

/// <summary>Shows requests as they end: a live table on a terminal, plain lines where the output goes to a file or a pipe.</summary>
internal sealed class RequestView(IAnsiConsole console)
{
    private const int Rows = 14;
    private const int PlainLines = 20;

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
        Table table = new Table().Expand().Border(TableBorder.Rounded)
            .AddColumn("Request")
            .AddColumn("Path")
            .AddColumn("Answer")
            .AddColumn(new TableColumn("$ per million").RightAligned());
        await console.Live(table).StartAsync(async live =>
        {
            int count = 0;
            await foreach (RequestLine request in requests)
            {
                if (table.Rows.Count == Rows)
                {
                    table.RemoveRow(0);
                }

                table.AddRow(
                    new Text(request.Question, Style.Plain).Overflow(Overflow.Ellipsis),
                    new Text(request.Path),
                    new Text(request.Answer, new Style(request.IsCorrect ? Color.Green : Color.Red)).Overflow(Overflow.Ellipsis),
                    new Text(Dollars(request.Cost)));
                table.Caption = new TableTitle(string.Create(CultureInfo.InvariantCulture, $"{++count} requests"));
                live.Refresh();
            }
        });
    }

    private async Task ShowLinesAsync(IAsyncEnumerable<RequestLine> requests)
    {
        int count = 0;
        await foreach (RequestLine request in requests)
        {
            if (count++ < PlainLines)
            {
                console.Profile.Out.Writer.WriteLine($"{request.Question} | {request.Path} | {(request.IsCorrect ? "right" : "wrong")}: {request.Answer} | {Dollars(request.Cost)}");
            }
        }

        if (count > PlainLines)
        {
            console.Profile.Out.Writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"... and {count - PlainLines} more requests"));
        }
    }

    private static string Dollars(decimal? cost) =>
        cost is decimal dollars ? string.Create(CultureInfo.InvariantCulture, $"${dollars * 1_000_000m:0.0}") : "-";
}
