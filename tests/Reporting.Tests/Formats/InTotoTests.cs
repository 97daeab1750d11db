using System.Globalization;
using System.Text.Json;
using Sallyport.Reporting;
using Xunit;

namespace Sallyport.Reporting.Tests.Formats;

/// <summary>
/// The in-toto output against the specification, by hand: it publishes no JSON schema. Statement v1 (spec/v1/statement.md,
/// Fields), ResourceDescriptor (spec/v1/resource_descriptor.md), runtime-trace v0.2 (spec/predicates/runtime-trace.md, Fields).
/// </summary>
public sealed class InTotoTests
{
    public static TheoryData<string> Names => [.. Incidents.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_statement_has_what_its_layer_requires(string incident)
    {
        var statement = Statement(incident);
        Assert.Equal("https://in-toto.io/Statement/v1", statement.GetProperty("_type").GetString());
        Assert.Equal("https://in-toto.io/attestation/runtime-trace/v0.2", statement.GetProperty("predicateType").GetString());
        var subjects = statement.GetProperty("subject").EnumerateArray().ToList();
        Assert.NotEmpty(subjects);
        foreach (var subject in subjects)
        {
            // "Each element MUST have digest set"; DigestSet: lower-case hexadecimal.
            Assert.Matches("^[0-9a-f]{64}$", subject.GetProperty("digest").GetProperty("sha256").GetString());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_predicate_has_its_required_fields_of_the_right_type(string incident)
    {
        var predicate = Statement(incident).GetProperty("predicate");
        var monitor = predicate.GetProperty("monitor");
        Assert.True(Uri.TryCreate(monitor.GetProperty("type").GetString(), UriKind.Absolute, out _));
        if (monitor.TryGetProperty("configSource", out var source))
        {
            Assert.True(source.TryGetProperty("uri", out _) || source.TryGetProperty("digest", out _) || source.TryGetProperty("content", out _));
        }

        Assert.Equal(JsonValueKind.Object, monitor.GetProperty("tracePolicy").ValueKind);
        var monitored = predicate.GetProperty("monitoredProcess");
        Assert.True(Uri.TryCreate(monitored.GetProperty("hostID").GetString(), UriKind.Absolute, out _));
        Assert.True(Uri.TryCreate(monitored.GetProperty("type").GetString(), UriKind.Absolute, out _));
        Assert.Equal(JsonValueKind.String, monitored.GetProperty("event").ValueKind);

        // "At least one of process, network, and fileAccess must be present."
        Assert.All(predicate.GetProperty("monitorLog").GetProperty("process").EnumerateArray(), Object);
        Assert.All(predicate.GetProperty("monitorLog").GetProperty("network").EnumerateArray(), Network);
        foreach (var time in predicate.GetProperty("metadata").EnumerateObject())
        {
            // field_types.md, Timestamp: RFC 3339 in UTC, ending in Z.
            Assert.EndsWith("Z", time.Value.GetString(), StringComparison.Ordinal);
            Assert.True(DateTimeOffset.TryParse(time.Value.GetString(), CultureInfo.InvariantCulture, out _));
        }
    }

    private static void Object(JsonElement value) => Assert.Equal(JsonValueKind.Object, value.ValueKind);

    private static void Network(JsonElement entry)
    {
        Object(entry);
        Assert.True(entry.TryGetProperty("ip", out _) || entry.TryGetProperty("hostname", out _));
        if (entry.TryGetProperty("port", out var port))
        {
            Assert.InRange(port.GetInt32(), 1, 65535);
            Assert.True(entry.TryGetProperty("protocol", out _));
        }

        if (entry.TryGetProperty("protocol", out var protocol))
        {
            Assert.Matches("^(tcp|udp|icmp|ip-[0-9]+)$", protocol.GetString());
        }

        if (entry.TryGetProperty("invokingProcess", out var process))
        {
            Object(process);
        }
    }

    private static JsonElement Statement(string incident) => JsonDocument.Parse(InTotoRenderer.Render(
        CorpusTests.Read(Incidents.All[incident]()).Report, [new InTotoSubject("recording", new string('a', 64))])).RootElement;
}
