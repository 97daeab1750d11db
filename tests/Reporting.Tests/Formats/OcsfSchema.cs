using System.Collections.Immutable;

namespace Sallyport.Reporting.Tests.Formats;

/// <summary>
/// Requirements of OCSF 1.3.0, written by hand: no package carries its compiled schema. Each shape names the page it was read
/// from (class or object of the schema browser, version 1.3.0). Attributes that Sallyport does not write are left out, so a
/// new one has to be added here, with a look at its page.
/// </summary>
internal static class OcsfSchema
{
    private static readonly ImmutableDictionary<string, OcsfKind> Base = Attributes(
        ("activity_id", OcsfKind.Number), ("category_uid", OcsfKind.Number), ("class_uid", OcsfKind.Number),
        ("type_uid", OcsfKind.Number), ("severity_id", OcsfKind.Number), ("time", OcsfKind.Number), ("count", OcsfKind.Number),
        ("status_detail", OcsfKind.Text), ("metadata", OcsfKind.Of("metadata")), ("unmapped", OcsfKind.Json),

        // profiles/host and profiles/security_control
        ("device", OcsfKind.Of("device")), ("actor", OcsfKind.Of("actor")), ("action_id", OcsfKind.Number),
        ("disposition_id", OcsfKind.Number), ("firewall_rule", OcsfKind.Of("rule")));

    // classes/base_event
    private static readonly ImmutableArray<string> BaseRequired =
        ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"];

    /// <summary>By class_uid; with the activities that the class has.</summary>
    public static ImmutableDictionary<int, (int Category, ImmutableArray<int> Activities, OcsfShape Shape)> Classes { get; } =
        new Dictionary<int, (int, ImmutableArray<int>, OcsfShape)>
        {
            [0] = (0, [0, 99], Class("classes/base_event", [], [])),
            [1001] = (1, [.. Enumerable.Range(0, 15), 99], Class("classes/file_activity", ["actor", "device", "file"], [], ("file", OcsfKind.Of("file")))),
            [1007] = (1, [0, 1, 2, 3, 4, 5, 99], Class("classes/process_activity", ["actor", "device", "process"], [], ("process", OcsfKind.Of("process")))),
            [2004] = (2, [0, 1, 2, 3, 99], Class("classes/detection_finding", ["finding_info"], [], ("finding_info", OcsfKind.Of("finding_info")), ("evidences", OcsfKind.ListOf("evidences")))),
            [4001] = (4, [0, 1, 2, 3, 4, 5, 6, 7, 99], Class("classes/network_activity", [], ["dst_endpoint", "src_endpoint"],
                ("dst_endpoint", OcsfKind.Of("network_endpoint")), ("connection_info", OcsfKind.Of("network_connection_info")),
                ("traffic", OcsfKind.Of("network_traffic")), ("tls", OcsfKind.Of("tls")))),
            [4003] = (4, [0, 1, 2, 6, 99], Class("classes/dns_activity", [], ["dst_endpoint", "src_endpoint"],
                ("dst_endpoint", OcsfKind.Of("network_endpoint")), ("connection_info", OcsfKind.Of("network_connection_info")), ("query", OcsfKind.Of("dns_query")), ("answers", OcsfKind.ListOf("dns_answer")))),
        }.ToImmutableDictionary();

    /// <summary>By the name of the object.</summary>
    public static ImmutableDictionary<string, OcsfShape> Objects { get; } = new Dictionary<string, OcsfShape>
    {
        ["metadata"] = Object("objects/metadata", ["product", "version"], [],
            ("version", OcsfKind.Text), ("product", OcsfKind.Of("product")), ("profiles", OcsfKind.ListOf("string")),
            ("correlation_uid", OcsfKind.Text)),
        ["product"] = Object("objects/product", ["vendor_name"], ["name", "uid"],
            ("name", OcsfKind.Text), ("vendor_name", OcsfKind.Text), ("version", OcsfKind.Text)),
        ["device"] = Object("objects/device", ["type_id"],
            ["ip", "uid", "name", "hostname", "instance_uid", "interface_uid", "interface_name"],
            ("type_id", OcsfKind.Number), ("name", OcsfKind.Text), ("os", OcsfKind.Of("os"))),
        ["os"] = Object("objects/os", ["name", "type_id"], [],
            ("name", OcsfKind.Text), ("type_id", OcsfKind.Number), ("version", OcsfKind.Text)),
        ["actor"] = Object("objects/actor", [], ["process", "user", "invoked_by", "session", "app_name", "app_uid"],
            ("process", OcsfKind.Of("process")), ("app_name", OcsfKind.Text)),
        ["process"] = Object("objects/process", [], ["pid", "uid"],
            ("uid", OcsfKind.Text), ("pid", OcsfKind.Number), ("name", OcsfKind.Text), ("cmd_line", OcsfKind.Text),
            ("file", OcsfKind.Of("file")), ("user", OcsfKind.Of("user")), ("parent_process", OcsfKind.Of("process"))),
        ["file"] = Object("objects/file", ["name", "type_id"], [],
            ("name", OcsfKind.Text), ("path", OcsfKind.Text), ("type_id", OcsfKind.Number)),
        ["user"] = Object("objects/user", [], ["account", "name", "uid"], ("uid", OcsfKind.Text)),
        ["network_endpoint"] = Object("objects/network_endpoint", [],
            ["ip", "uid", "name", "hostname", "svc_name", "instance_uid", "interface_uid", "interface_name", "domain"],
            ("ip", OcsfKind.Text), ("hostname", OcsfKind.Text), ("port", OcsfKind.Number)),
        ["network_connection_info"] = Object("objects/network_connection_info", ["direction_id"], [],
            ("direction_id", OcsfKind.Number), ("protocol_name", OcsfKind.Text)),
        ["network_traffic"] = Object("objects/network_traffic", [], [],
            ("bytes_in", OcsfKind.Number), ("bytes_out", OcsfKind.Number)),
        ["tls"] = Object("objects/tls", ["version"], [], ("version", OcsfKind.Text), ("sni", OcsfKind.Text)),
        ["dns_query"] = Object("objects/dns_query", ["hostname"], [], ("hostname", OcsfKind.Text), ("type", OcsfKind.Text)),
        ["dns_answer"] = Object("objects/dns_answer", ["rdata"], [], ("rdata", OcsfKind.Text)),
        ["rule"] = Object("objects/firewall_rule", [], ["name", "uid"], ("name", OcsfKind.Text)),
        ["finding_info"] = Object("objects/finding_info", ["title", "uid"], [], ("title", OcsfKind.Text), ("uid", OcsfKind.Text)),
        ["evidences"] = Object("objects/evidences", [],
            ["actor", "api", "connection_info", "data", "database", "databucket", "device", "dst_endpoint", "file", "process", "query", "src_endpoint", "user"],
            ("actor", OcsfKind.Of("actor")), ("data", OcsfKind.Json)),
    }.ToImmutableDictionary();

    /// <summary>The dictionary's enumerations of what Sallyport writes.</summary>
    public static ImmutableDictionary<string, ImmutableArray<int>> Enumerations { get; } = new Dictionary<string, ImmutableArray<int>>
    {
        ["severity_id"] = [0, 1, 2, 3, 4, 5, 6, 99],
        ["action_id"] = [0, 1, 2, 99],
        ["disposition_id"] = [.. Enumerable.Range(0, 28), 99],
        ["direction_id"] = [0, 1, 2, 3, 99],
    }.ToImmutableDictionary();

    private static OcsfShape Class(
        string page, ImmutableArray<string> required, ImmutableArray<string> atLeastOne, params (string, OcsfKind)[] attributes) =>
        new(page, [.. BaseRequired, .. required], atLeastOne, Base.AddRange(Attributes(attributes)));

    private static OcsfShape Object(
        string page, ImmutableArray<string> required, ImmutableArray<string> atLeastOne, params (string, OcsfKind)[] attributes) =>
        new(page, required, atLeastOne, Attributes(attributes));

    private static ImmutableDictionary<string, OcsfKind> Attributes(params (string Name, OcsfKind Kind)[] attributes) =>
        attributes.ToImmutableDictionary(a => a.Name, a => a.Kind);
}
