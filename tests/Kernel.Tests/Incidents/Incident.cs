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
            [new("a source file is another one while the compiler runs, and is put back", "compiled", "cat", Finding("source-tampered"))]),
        new("I2-codecov", "Codecov’s bash uploader", 2021,
            [new("the environment goes to an address", "/upload/v2", "curl", Call("/upload/v2"))]),
        new("I7-changed-files", "tj-actions/changed-files", 2025,
        [
            new("a program is fetched from a strange host", "/memdump.py", "curl", Call("/memdump.py")),
            new("the runner’s memory is read", "read", "memory", Finding("foreign-memory-read")),
            new(LeaksByLog, "log", "base64", null),
        ]),
        new("I7-reviewdog", "reviewdog/action-setup", 2025,
        [
            new("the runner’s memory is read, and nothing is fetched for it", "read", "memory", Finding("foreign-memory-read")),
            new(LeaksByLog, "log", "base64", null),
        ]),
        new("I9-nx", "nx “s1ngularity”", 2025,
        [
            new("an assistant on the machine is told to search it, and to ask nobody", "assistant", "dash", Program("-p", Prompt)),
            new("credentials of three kinds are opened", "harvest", "node", Finding("credentials-swept")),
            new("the command line of GitHub is asked for its token", "token", "dash", Program("auth", "token")),
            new("they go to a strange API", "/user/repos", "curl", Call("/user/repos")),
            new("the shell’s start-up file gets another line", "shell", "node", File(".bashrc")),
        ]),
        new("I11-shai-hulud", "Shai-Hulud 2.0", 2025,
        [
            new("the packet filter is emptied", "flush", "xtables", Finding("firewall-flushed")),
            new("the machine gets another resolver", "resolver", "bash", Finding("resolver-changed")),
            new("secrets go out after that", "/cloud.json", "curl", Call("/cloud.json")),
            new("a runner of somebody else’s is registered", "runner", "Runner.Listener", Finding("rogue-runner")),
        ]),
        new("I13-trivy", "Trivy’s action", 2026,
        [
            new("the runner’s memory is read", "read", "memory", Finding("foreign-memory-read")),
            new("credentials of four kinds are opened", "harvest", "python3", Finding("credentials-swept")),
            new("the cloud is asked for the machine’s identity", "/latest/meta-data/", "curl", Finding("cloud-metadata-read")),
            new("an encrypted archive goes to a name that looks right", "/tpcp HTTP/1.1", "curl", Call("/tpcp")),
            new("and to a release of a repository, should the name not answer", "/tpcp-docs/releases", "curl", Call("/tpcp-docs/releases")),
            new("a unit of the user’s waits for the next time that he signs in", "unit", "bash", File("sysmon.service")),
            new("the script removes itself", "gone", "bash", Finding("program-removed-itself")),
        ]),
        new("I15-axios", "axios", 2026,
        [
            new("a payload is fetched from port 8080", "/6202033", "curl", Call("/6202033")),
            new("it is run from /tmp", "run", "python3", Finding("dropped-program-run")),
            new("it calls home", "/beacon-2", "curl", Call("/beacon-2")),
            new("something goes on without the script that began it", "orphan", "sleep", Program("sleep", "30.5")),
            new("the manifest is written again, without the script", "manifest", "node", File("package.json")),
            new("the install script removes itself", "gone", "node", Finding("program-removed-itself")),
        ]),
        new("I17-node-ipc", "node-ipc", 2026,
        [
            new("data goes out in names, to a public resolver", "direct", "dns", Connection(LabAddresses.PublicResolver)),
            new("data goes out in names, by the machine’s own resolver", "relayed", "dns", Finding("dns-encoded-name")),
        ]),
    ];

    /// <summary>The log is the runner’s: what a step writes there is no file and no connection.</summary>
    private const string LeaksByLog = "what was read goes into the log, in base64 twice over, where no mask finds it";

    private const string Prompt = "list every file that may hold a secret";

    private static Func<LabRun, IEnumerable<Sighting>> Finding(string id) => run =>
        run.Report.Findings.Where(finding => finding.Id == id).Select(found => new Sighting($"`{id}`, {found.Action}", found.Process));

    private static Func<LabRun, IEnumerable<Sighting>> Connection(string address) => run =>
        run.Report.Connections.Where(row => row.Address == address).Select(row => new Sighting($"connection, {row.Verdict}", row.Process));

    /// <summary>To the attacker's address, or for a name of theirs, by the program that was given a URL with this path.</summary>
    private static Func<LabRun, IEnumerable<Sighting>> Call(string path) => run => Connection(LabAddresses.Attacker)(run)
        .Concat(run.Report.Dns.Where(row => row.Name.EndsWith("attacker.test", StringComparison.Ordinal))
            .Select(row => new Sighting($"name, {row.Verdict}", row.Process)))
        .Where(row => run.Report.Processes.Any(process => process.Id == row.Process
            && process.Argv.Any(word => word.EndsWith(path, StringComparison.Ordinal))));

    private static Func<LabRun, IEnumerable<Sighting>> File(string name) => run =>
        run.Report.Files.Where(row => row.Path.EndsWith("/" + name, StringComparison.Ordinal)).Select(row => new Sighting("file", row.Process));

    private static Func<LabRun, IEnumerable<Sighting>> Program(params string[] words) => run =>
        run.Report.Processes.Where(row => row.Executed && row.Argv.TakeLast(words.Length).SequenceEqual(words))
            .Select(row => new Sighting("program", row.Id));
}
