using System.Collections.Immutable;
using System.Text.Json;
using DuckDB.NET.Data;
using Sallyport.Protocol.Recording;
using Sallyport.Reporting.Tests.Formats;
using Sallyport.Server.Access;
using Sallyport.Server.Search;
using Sallyport.Server.Tests.Ui;

namespace Sallyport.Server.Tests.Search;

/// <summary>A job's Parquet file as somebody else's engine reads it: what docs/server.md promises of it, and OCSF 1.3.0.</summary>
public sealed class ParquetColumnTests(PostgresCluster cluster)
{
    private const int SegmentEvents = 2_000;

    private static readonly ImmutableDictionary<string, string> Columns = new Dictionary<string, string>
    {
        ["class_uid"] = "INTEGER", ["activity_id"] = "INTEGER", ["severity_id"] = "INTEGER", ["disposition_id"] = "INTEGER",
        ["process.pid"] = "INTEGER", ["dst_endpoint.port"] = "INTEGER", ["time"] = "BIGINT", ["count"] = "BIGINT",
        ["status_detail"] = "VARCHAR", ["process.uid"] = "VARCHAR", ["process.file.path"] = "VARCHAR",
        ["process.file.hashes.sha256"] = "VARCHAR", ["process.cmd_line"] = "VARCHAR", ["process.user.uid"] = "VARCHAR",
        ["actor.process.uid"] = "VARCHAR", ["actor.process.file.path"] = "VARCHAR", ["actor.process.cmd_line"] = "VARCHAR",
        ["dst_endpoint.hostname"] = "VARCHAR", ["dst_endpoint.ip"] = "VARCHAR", ["connection_info.protocol_name"] = "VARCHAR",
        ["query.hostname"] = "VARCHAR", ["query.type"] = "VARCHAR", ["file.path"] = "VARCHAR", ["finding_info.uid"] = "VARCHAR",
        ["finding_info.title"] = "VARCHAR", ["container.uid"] = "VARCHAR", ["metadata.correlation_uid"] = "VARCHAR",
        ["unmapped.step"] = "VARCHAR",
    }.ToImmutableDictionary();

    // As docs/server.md says.
    private static readonly ImmutableHashSet<string> NotOfOcsf = ["process.file.hashes.sha256", "container.uid", "unmapped.step"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Columns_are_attributes_of_OCSF_and_rows_say_what_the_events_said()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        var job = await server.UploadAsync(await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Of(Events(), SegmentEvents));
        using var engine = new DuckDBConnection("Data Source=:memory:");
        await engine.OpenAsync(Cancellation);
        var files = $"read_parquet('{server.Settings.DataFolder}/parquet/**/*.parquet', hive_partitioning = true)";
        var described = await RowsAsync(engine, $"SELECT column_name, column_type FROM (DESCRIBE SELECT * EXCLUDE (day, owner, repository) FROM {files})");
        Assert.Equal(
            Columns.Select(column => $"{column.Key} {column.Value}").Order(StringComparer.Ordinal),
            described.Select(row => $"{row["column_name"]} {row["column_type"]}").Order(StringComparer.Ordinal));

        var rows = await RowsAsync(engine, $"SELECT * FROM {files} ORDER BY time, class_uid");
        Assert.Equal([0, 1001, 1007, 2004, 4001, 4003], rows.Select(row => (int)row["class_uid"]).Distinct().Order());
        Assert.All(rows, row => Assert.Equal(
            (job.JobKey, "octo", "site"), ((string)row["metadata.correlation_uid"], (string)row["owner"], (string)row["repository"])));
        Assert.Empty(rows.SelectMany(Mistakes));

        var started = rows.First(row => (int)row["class_uid"] == OcsfClass.ProcessActivity);
        Assert.Equal(("/usr/bin/curl", 100, "1000", "Build the site"), (
            started["process.file.path"], started["process.pid"], started["process.user.uid"], started["unmapped.step"]));
        var called = rows.Single(row => (int)row["class_uid"] == OcsfClass.NetworkActivity);
        Assert.Equal(("files.example.com", "198.51.100.7", 443, "tcp", 3L, 2, 5, "no-rule", "/usr/bin/curl"), (
            called["dst_endpoint.hostname"], called["dst_endpoint.ip"], called["dst_endpoint.port"], called["connection_info.protocol_name"],
            called["count"], called["disposition_id"], called["activity_id"], called["status_detail"], called["actor.process.file.path"]));
        Assert.Equal(
            new DateTimeOffset(2026, 11, 26, 8, 0, 1, TimeSpan.Zero), DateTimeOffset.FromUnixTimeMilliseconds((long)called["time"]));
    }

    /// <summary>The file for SIEMs and the Parquet are two renderings of one job.</summary>
    [Fact]
    public async Task Rows_and_the_report_in_OCSF_agree_on_destinations_and_names()
    {
        await using var server = await TestServer.StartAsync(StoreKind.Sqlite, cluster);
        using var visitor = await Visitor.WithRoleAsync(server, "octo", Role.Viewer);
        var job = await server.UploadAsync(
            await server.KeyAsync("octo"), TestRecording.Job(), TestRecording.Read(TestRecording.Corpus("runner-steps")));
        using var engine = new DuckDBConnection("Data Source=:memory:");
        await engine.OpenAsync(Cancellation);
        var files = $"read_parquet('{server.Settings.DataFolder}/parquet/**/*.parquet')";
        var lines = (await visitor.PageAsync($"/jobs/{job.JobKey}/report.ocsf.ndjson")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        var called = (await RowsAsync(engine, $"""
            SELECT DISTINCT "dst_endpoint.ip" AS ip, "dst_endpoint.port" AS port FROM {files} WHERE class_uid = 4001
            """)).Select(row => $"{row["ip"]}:{row["port"]}");
        Assert.Equal(
            lines.Where(line => line.GetProperty("class_uid").GetInt32() == OcsfClass.NetworkActivity).Select(line => line.GetProperty("dst_endpoint"))
                .Select(to => $"{to.GetProperty("ip").GetString()}:{to.GetProperty("port").GetInt32()}").Distinct().Order(),
            called.Order());
        var asked = (await RowsAsync(engine, $"""
            SELECT DISTINCT "query.hostname" AS name FROM {files} WHERE class_uid = 4003
            """)).Select(row => (string)row["name"]);
        Assert.Equal(
            lines.Where(line => line.GetProperty("class_uid").GetInt32() == OcsfClass.DnsActivity)
                .Select(line => line.GetProperty("query").GetProperty("hostname").GetString()!).Distinct().Order(),
            asked.Order());
    }

    // With a finding, and the hash of a program that comes when its start is written already.
    private static IEnumerable<RecordedEvent> Events()
    {
        var made = new MadeJob(new string('a', 64), "files.example.com", "198.51.100.7", "/work/site/index.html").Events().ToList();
        var late = made.Single(recorded => recorded is ExecutableHashed);
        var finding = new FindingRaised(
            "egress-refused", "Refused", "high", "blocked", ImmutableDictionary<string, string>.Empty.Add("host", "files.example.com"), "p1", "s1")
        {
            BootTimeNs = 1_000_000_009,
        };
        var filler = Enumerable.Range(0, ParquetEventWriter.GroupRows + (2 * SegmentEvents))
            .Select(number => new FileChanged($"/work/{number}", "created", false, null, null, null, false, 1, "p1", null, null) { BootTimeNs = 6 });
        return [.. made.Where(recorded => recorded != late).SkipLast(1), finding, .. filler, late, made[^1]];
    }

    private static IEnumerable<string> Mistakes(Dictionary<string, object> row)
    {
        var type = (int)row["class_uid"];
        var known = OcsfSchema.Classes[type];
        if (!known.Activities.Contains((int)row["activity_id"]))
        {
            yield return $"{known.Shape.Page}: activity_id {row["activity_id"]}";
        }

        foreach (var (name, allowed) in OcsfSchema.Enumerations)
        {
            if (row.TryGetValue(name, out var value) && value is int number && !allowed.Contains(number))
            {
                yield return $"{name} has no value {number}";
            }
        }

        foreach (var (name, value) in row)
        {
            if (value is not DBNull && Columns.ContainsKey(name) && !NotOfOcsf.Contains(name) && type != OcsfClass.Base
                && !IsAttribute(known.Shape, name.Split('.'), value))
            {
                yield return $"{name} is not in {known.Shape.Page}, or is no {value.GetType().Name} there";
            }
        }
    }

    private static bool IsAttribute(OcsfShape shape, ReadOnlySpan<string> path, object value) =>
        shape.Attributes.TryGetValue(path[0], out var kind) && !kind.IsArray
        && (path.Length > 1
            ? OcsfSchema.Objects.TryGetValue(kind.Type, out var inner) && IsAttribute(inner, path[1..], value)
            : kind == (value is string ? OcsfKind.Text : OcsfKind.Number));

    private static async Task<List<Dictionary<string, object>>> RowsAsync(DuckDBConnection engine, string sql)
    {
        using var command = engine.CreateCommand();
#pragma warning disable CA2100 // It is this test's.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var rows = new List<Dictionary<string, object>>();
        while (await reader.ReadAsync(Cancellation))
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetValue));
        }

        return rows;
    }
}
