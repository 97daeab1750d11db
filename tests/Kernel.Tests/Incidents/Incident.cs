using System.Collections.Immutable;

namespace Sallyport.Kernel.Tests.Incidents;

/// <summary>An attack that happened, of <c>corpus/incidents</c>.</summary>
/// <param name="Script">Name of its file, without the ending.</param>
/// <param name="Title">Whom it struck.</param>
/// <param name="Year">When.</param>
/// <param name="Steps">In their order.</param>
internal sealed record Incident(string Script, string Title, int Year, ImmutableArray<IncidentStep> Steps)
{
    /// <summary>Those of the issue that need no container.</summary>
    public static ImmutableArray<Incident> All { get; } =
    [
        new("I1-sunspot", "SolarWinds SUNSPOT", 2020,
            [new("a source file is another one while the compiler runs, and is put back", "compiled", Finding("source-tampered"))]),
        new("I2-codecov", "Codecov’s bash uploader", 2021,
            [new("the environment goes to an address", "/upload/v2", Connection(LabAddresses.Attacker))]),
        new("I7-changed-files", "tj-actions/changed-files", 2025,
        [
            new("a program is fetched from a strange host", "/memdump.py", Connection(LabAddresses.Attacker)),
            new("the runner’s memory is read", "read", Finding("foreign-memory-read")),
        ]),
        new("I9-nx", "nx “s1ngularity”", 2025,
        [
            new("credentials of three kinds are opened", "harvest", Finding("credentials-swept")),
            new("they go to a strange API", "/user/repos", Connection(LabAddresses.Attacker)),
            new("the shell’s start-up file gets another line", "shell", File(".bashrc")),
        ]),
        new("I11-shai-hulud", "Shai-Hulud 2.0", 2025,
        [
            new("the packet filter is emptied", "flush", Finding("firewall-flushed")),
            new("the machine gets another resolver", "resolver", Finding("resolver-changed")),
            new("secrets go out after that", "/cloud.json", Connection(LabAddresses.Attacker)),
            new("a runner of somebody else’s is registered", "runner", Finding("rogue-runner")),
        ]),
        new("I13-trivy", "Trivy’s action", 2026,
        [
            new("the runner’s memory is read", "read", Finding("foreign-memory-read")),
            new("credentials of four kinds are opened", "harvest", Finding("credentials-swept")),
            new("the cloud is asked for the machine’s identity", "/latest/meta-data/", Finding("cloud-metadata-read")),
            new("an encrypted archive goes to a name that looks right", "/tpcp", Connection(LabAddresses.Attacker)),
            new("the script removes itself", "gone", Finding("program-removed-itself")),
        ]),
        new("I15-axios", "axios", 2026,
        [
            new("a payload is fetched from port 8080", "/6202033", Connection(LabAddresses.Attacker)),
            new("it is run from /tmp", "run", Finding("dropped-program-run")),
            new("it calls home", "/beacon-2", Connection(LabAddresses.Attacker)),
            new("the install script removes itself", "gone", Finding("program-removed-itself")),
        ]),
        new("I17-node-ipc", "node-ipc", 2026,
        [
            new("data goes out in names, to a public resolver", "direct", Connection(LabAddresses.PublicResolver)),
            new("data goes out in names, by the machine’s own resolver", "relayed", Finding("dns-encoded-name")),
        ]),
    ];

    private static Func<LabRun, string?> Finding(string id) => run =>
        run.Report.Findings.FirstOrDefault(finding => finding.Id == id) is { } found ? $"`{id}`, {found.Action}" : null;

    private static Func<LabRun, string?> Connection(string address) => run =>
        run.Report.Connections.FirstOrDefault(row => row.Address == address) is { } call
            ? $"connection, {call.Verdict}"
            : run.Report.Dns.FirstOrDefault(row => row.Name.EndsWith("attacker.test", StringComparison.Ordinal)) is { } name
                ? $"name, {name.Verdict}" : null;

    private static Func<LabRun, string?> File(string name) => run =>
        run.Report.Files.Any(row => row.Path.EndsWith("/" + name, StringComparison.Ordinal)) ? "file" : null;
}
