using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Sallyport.Protocol.Recording;
using Sallyport.Server.Access;

namespace Sallyport.Server.Tests.Ui;

/// <summary>A number is a link to its list, and the list has as many rows: also when there is more than the number's time.</summary>
public sealed partial class NumberTests(PostgresCluster cluster)
{
    private readonly HandTime time = new();

    [Theory]
    [MemberData(nameof(StoreKinds.Databases), MemberType = typeof(StoreKinds))]
    public async Task Every_number_is_the_rows_of_its_list(StoreKind kind)
    {
        await using var server = await TestServer.StartAsync(kind, cluster, change: builder => builder.Services.AddSingleton<TimeProvider>(time));
        await FillAsync(server);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var wrong = new List<string>();
        var seen = new Dictionary<string, long>();
        var destination = DestinationLink().Match(await visitor.PageAsync("/destinations?host=files.example.com")).Groups["path"].Value;
        foreach (var page in new[]
        {
            "/", "/repositories", "/workflows", "/workflows?repository=site", "/destinations", "/destinations?new=yes", "/destinations?repository=site&program=curl",
            "/findings", "/findings?status=any", "/runs", WebUtility.HtmlDecode(destination),
        })
        {
            foreach (var (column, link, number) in NumbersOf(await visitor.PageAsync(page)))
            {
                var rows = await RowsAsync(visitor, link, column);
                seen[link] = number;
                if (rows != number)
                {
                    wrong.Add($"{page}: {column} {number}, but {link} has {rows}");
                }
            }
        }

        Assert.Empty(wrong);
        // They are not just all nothing: of the seven jobs two are older than what most numbers count.
        Assert.Equal((5, 3, 2, 1), (seen["/runs?days=30"], seen["/unprotected"], seen["/unprotected?why=degraded"], seen["/unprotected?why=lost"]));
        Assert.Equal((2, 1), (seen["/findings"], seen["/runs?days=7&with=not-whole"]));
        Assert.True(seen["/destinations?new=yes"] > 0);
        Assert.True(seen["/runs?days=30&with=refused"] is > 0 and < 5);
        Assert.True(seen.Count > 60, $"{seen.Count}");
    }

    private async Task FillAsync(TestServer server)
    {
        var key = await server.KeyAsync("octo");
        await server.UploadAsync(key, TestRecording.Job(), TestRecording.Small());
        await server.UploadAsync(key, TestRecording.Job(runId: "101", job: "lint"), TestRecording.Of(Made("curl").Events()));
        time.Pass(TimeSpan.FromDays(40));
        await server.UploadAsync(key, TestRecording.Job(runId: "200"), TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        time.Pass(TimeSpan.FromSeconds(1));
        // A second attempt of the same run: two jobs, one run.
        await server.UploadAsync(key, TestRecording.Job(runId: "200") with { RunAttempt = 2 }, TestRecording.Of(Made("wget").Events()));
        await server.UploadAsync(
            key, TestRecording.Job("octo/library", "300", "test") with { Runner = "runner-2" }, TestRecording.Of(Made("curl").Events().Select(one => one is RecordingStarted started
                ? started with { Degraded = ImmutableArray.Create("no cgroup") } : one)));
        await server.UploadAsync(key, TestRecording.Job("octo/tools", "400", "check"), TestRecording.Read(TestRecording.Corpus("name-mismatch")));
        // Heard of and then not any more; watched only, on a machine that cannot do everything.
        var lost = await server.RegisteredAsync(key, TestRecording.Job("octo/tools", "401", "deploy") with { Runner = "runner-3" });
        var segments = TestRecording.Of(Made("curl").Events().Select(one => one is RecordingStarted started
            ? started with { Degraded = ImmutableArray.Create("no cgroup") } : one));
        await server.PutAllAsync(lost, segments.Take(2));
        time.Pass(TimeSpan.FromHours(1));
        await server.SweepAsync();
        await server.WorkDoneAsync();
    }

    private static MadeJob Made(string program) => new(new string('a', 64), "files.example.com", "198.51.100.7", "/work/x", $"/usr/bin/{program}");

    /// <summary>Links whose text ends in a number or, of a bar, whose label says it; with the column that it stands in, if any.</summary>
    private static IEnumerable<(string Column, string Link, long Number)> NumbersOf(string page)
    {
        var table = Table().Match(page) is { Success: true } found ? found : null;
        string[] columns = table is null ? [] : [.. HeadCell().Matches(table.Value).Select(cell => Text(cell.Groups["text"].Value))];
        foreach (Match link in Link().Matches(page))
        {
            var (address, label) = (WebUtility.HtmlDecode(link.Groups["link"].Value), Label().Match(link.Value));
            var text = label.Success ? label.Groups["count"].Value : Text(link.Groups["text"].Value);
            // The number of a run is a name; what a job's own page lists it lists by script.
            if (!EndingNumber().IsMatch(text) || address.Contains("run=", StringComparison.Ordinal) || address.StartsWith("/jobs/", StringComparison.Ordinal))
            {
                continue;
            }

            var column = "";
            if (table is not null && link.Index > table.Index && link.Index < table.Index + table.Length)
            {
                var row = page[page.LastIndexOf("<tr>", link.Index, StringComparison.Ordinal)..link.Index];
                column = columns[Cell().Count(row) - 1];
            }

            yield return (column, address, long.Parse(EndingNumber().Match(text).Groups["number"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
        }
    }

    // Of the places of a destination the jobs are counted by place: their sum.
    private static async Task<long> RowsAsync(Visitor visitor, string link, string column)
    {
        var rows = 0L;
        for (var next = link; next is not null;)
        {
            var page = await visitor.PageAsync(next);
            rows += link.StartsWith("/destination?", StringComparison.Ordinal) && column is "jobs" or "refused"
                ? NumbersOf(page).Where(one => one.Column == column).Sum(one => one.Number)
                : Math.Max(0, Row().Count(page) - 1);
            next = Next().Match(page) is { Success: true } more ? WebUtility.HtmlDecode(more.Groups["path"].Value) : null;
        }

        return rows;
    }

    private static string Text(string html) => WebUtility.HtmlDecode(Space().Replace(Tag().Replace(html, ""), " ")).Trim();

    [GeneratedRegex("<table.*?</table>", RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex("""<th scope="col"[^>]*>(?<text>.*?)</th>""", RegexOptions.Singleline)]
    private static partial Regex HeadCell();

    [GeneratedRegex("""<a [^>]*href="(?<link>/[^"]*)"[^>]*>(?<text>.*?)</a>""", RegexOptions.Singleline)]
    private static partial Regex Link();

    [GeneratedRegex("""aria-label="\d{4}-\d\d-\d\d: (?<count>[\d,]+) """)]
    private static partial Regex Label();

    [GeneratedRegex(@"(?:^|\s)(?<number>[\d,]+)$")]
    private static partial Regex EndingNumber();

    [GeneratedRegex("<t[dh][ >]")]
    private static partial Regex Cell();

    [GeneratedRegex("<tr>")]
    private static partial Regex Row();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex("rel=\"next\" href=\"(?<path>[^\"]+)\"")]
    private static partial Regex Next();

    [GeneratedRegex("href=\"(?<path>/destination\\?[^\"]+)\"")]
    private static partial Regex DestinationLink();
}
