using System.Collections.Immutable;
using Sallyport.Protocol.Ingest;
using Sallyport.Protocol.Recording;
using Sallyport.Protocol.Report;

namespace Sallyport.Baseline.Tests;

public sealed class SeenDestinationsTests
{
    [Fact]
    public void A_report_gives_what_left_the_machine_once_per_step_and_executable()
    {
        ReportDocument report = Report(
            Connection("github.com", 443, RecordedVerdict.Allowed, "rule"),
            Connection("github.com", 443, RecordedVerdict.Allowed, "rule"),
            Connection("127.0.0.1", 8080, RecordedVerdict.Allowed, "loopback"),
            Connection("198.51.100.1", 53, RecordedVerdict.Allowed, "resolver"),
            Connection("evil.example", 443, RecordedVerdict.Refused, "no-rule"),
            Connection("new.example", 443, RecordedVerdict.Observed, "no-rule"));

        Assert.Equal(
            [("github.com", false), ("evil.example", true), ("new.example", false)],
            SeenDestinations.Of(report).Select(seen => (seen.Host, seen.Refused)));
        Assert.All(SeenDestinations.Of(report), seen => Assert.Equal(("s1", "/usr/bin/curl"), (seen.Step, seen.Process)));
    }

    [Fact]
    public void What_an_earlier_run_did_not_reach_is_new_and_what_stays_on_the_machine_is_neither()
    {
        ReportDocument report = Report(
            Connection("github.com", 443, RecordedVerdict.Allowed, "rule"),
            Connection("github.com", 22, RecordedVerdict.Refused, "port"),
            Connection("127.0.0.1", 8080, RecordedVerdict.Allowed, "loopback"));
        ReportDocument marked = NewDestinations.Mark(report, Report(Connection("github.com", 443, RecordedVerdict.Allowed, "rule")));
        Assert.Equal([false, true, null], marked.Connections.Select(connection => connection.New));
        Assert.Equal(["tcp://github.com:22"], NewDestinations.Of(marked));
        Assert.All(NewDestinations.Mark(report, _ => null).Connections, connection => Assert.Null(connection.New));
    }

    [Fact]
    public void Of_what_a_server_knows_so_many_are_compared_as_it_takes_of_a_job()
    {
        // Ordinal, as the server takes them: Z before a, 80 before 443.
        ImmutableArray<ConnectionDocument> many =
        [
            .. Enumerable.Range(0, BaselineAnswer.MaximumOfJob - 2).Select(n => Connection($"a{n:d4}.example", 443, RecordedVerdict.Allowed, "rule")),
            Connection("z.example", 443, RecordedVerdict.Allowed, "rule"), Connection("Z.example", 443, RecordedVerdict.Allowed, "rule"),
            Connection("z.example", 80, RecordedVerdict.Allowed, "rule"),
        ];
        HashSet<string> known = [.. many.Take(BaselineAnswer.MaximumOfJob - 2).Select(row => $"tcp://{row.Destination}:443")];
        ReportDocument marked = NewDestinations.Mark(Report(many), known);
        Assert.All(marked.Connections.Take(BaselineAnswer.MaximumOfJob - 2), row => Assert.False(row.New));
        Assert.Equal([null, true, true], marked.Connections.Skip(BaselineAnswer.MaximumOfJob - 2).Select(row => row.New));
    }

    private static ConnectionDocument Connection(string destination, int port, RecordedVerdict verdict, string reason) => new(
        "c1", destination, null, null, null, "198.51.100.7", port, "tcp", verdict, false, null, null, reason, "connect",
        0, 0, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "s1", "p1", null);

    private static ReportDocument Report(params ImmutableArray<ConnectionDocument> connections) => new(
        ReportDocument.SchemaName, null!, null!, true, ImmutableSortedDictionary<string, long>.Empty, null, null!, null!, null,
        null, null, null, [], connections, [], [Process()], [], [], [],
        ImmutableSortedDictionary<string, PermissionDocument>.Empty, [], null!);

    private static ProcessDocument Process() =>
        new("p1", 1, null, "/usr/bin/curl", [], false, null, null, true, false, null, [], null, null, null, null, "s1", null);
}
