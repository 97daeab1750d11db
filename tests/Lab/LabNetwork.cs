using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Sallyport.Lab.Interop;
using Sallyport.Lab.Namespaces;
using Sallyport.Lab.Processes;
using Sallyport.Lab.Reports;
using Sallyport.Lab.Servers;

namespace Sallyport.Lab;

/// <summary>
/// Two network namespaces, joined by one veth and by nothing else: the client's, where a job runs in a mount namespace
/// and a cgroup of its own, and the <see cref="World"/>'s. Nothing is made in the machine's own namespaces but the
/// cgroup folder and a folder of files; both are removed by <see cref="DisposeAsync"/>, or by the next laboratory when
/// the test process was killed.
/// </summary>
public sealed class LabNetwork : IAsyncDisposable
{
    private const string ClientInterface = "lab0";
    private const string WorldInterface = "world0";
    private const string ClientPort = "port0";

    // What a shell says of SIGABRT and SIGSEGV (signal(7)).
    private const int Aborted = 128 + 6;
    private const int SegmentationFault = 128 + 11;
    private static readonly IReadOnlyDictionary<string, string> s_environment = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = ClientFiles.Work,
        ["LANG"] = "C.UTF-8",
        ["CURL_CA_BUNDLE"] = "/run/lab/ca.pem",
        ["SSL_CERT_FILE"] = "/run/lab/ca.pem",
        ["GIT_SSL_CAINFO"] = "/run/lab/ca.pem",
        ["GIT_TERMINAL_PROMPT"] = "0",
    };

    private readonly LabOptions _options;
    private readonly NamespaceThread _client;
    private readonly NamespaceThread _world;
    private readonly LabCgroup _cgroup;
    private readonly string _folder;

    // Bounded by the processes of one test class; cleared with the laboratory.
    private readonly ConcurrentBag<LabProcess> _processes = [];
    private int _runs;

    private LabNetwork(
        LabOptions options, NamespaceThread client, NamespaceThread world, LabCgroup cgroup, string folder)
    {
        (_options, _client, _world, _cgroup, _folder) = (options, client, world, cgroup, folder);
        World = new World(world, WorldInterface);
    }

    /// <summary>Null when laboratories can be made here; otherwise why not.</summary>
    public static string? WhyNot => Libc.geteuid() != 0 ? "namespaces and programs in the kernel need root" : null;

    /// <summary>Why a musl client cannot be built; null when it can.</summary>
    public static string? WhyNoMusl => AttackPrograms.HasMusl ? null : "musl-gcc (package musl-tools) is not installed";

    public World World { get; }

    /// <summary>The cgroup v2 folder that the agent's programs are attached to.</summary>
    public string CgroupRoot => _cgroup.Path;

    /// <summary>The client's folder /run/lab/work as the test itself sees it.</summary>
    public string WorkFolder => Path.Combine(_folder, "work");

    public static async Task<LabNetwork> CreateAsync(LabOptions options)
    {
        var programs = AttackPrograms.Folder;
        var cgroup = LabCgroup.Create();
        var folder = Directory.CreateDirectory(
            Path.Combine(AppContext.BaseDirectory, "lab", Path.GetFileName(cgroup.Path))).FullName;
        var client = NamespaceThread.Start("lab client", ownMounts: true);
        var world = NamespaceThread.Start("lab world", ownMounts: false);
        await LabWiring.ConnectAsync(
            client, world, ClientInterface, WorldInterface, options.UplinkIsBridge ? ClientPort : null);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), TestAuthority.RootPem);
        client.Run(() =>
        {
            var servers = $"nameserver {LabAddresses.Resolver}\nnameserver {LabAddresses.Resolver6}\n";
            ClientFiles.Mount(
                folder,
                programs,
                "search corp.test\noptions ndots:1 timeout:10 attempts:1\n"
                    + (options.Stub is { } stub ? $"nameserver {stub}\n" : servers),
                options.Stub is null ? null : servers);
            File.Copy(Path.Combine(folder, "ca.pem"), "/run/lab/ca.pem");
        });
        return new LabNetwork(options, client, world, cgroup, folder);
    }

    /// <summary>Path of an attack program inside the client's mount namespace.</summary>
    public static string Program(string name) => $"{ClientFiles.Programs}/{name}";

    /// <summary>Starts a process of the client that is no part of any job; the caller disposes of it.</summary>
    public LabProcess Start(params IEnumerable<string> arguments)
    {
        var process = LabProcess.Start(Enter(arguments));
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a process of the client that is no part of any job, to its end.</summary>
    public async Task<ProcessOutcome> OutsideAsync(params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        return await process.ExitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>Starts a process in the world's network, as a server that the world has not got by itself; the caller disposes of it.</summary>
    public LabProcess StartInWorld(params IEnumerable<string> arguments)
    {
        var process = LabProcess.Start(new ProcessStartInfo("/usr/bin/nsenter", [$"--net={_world.NetworkPath}", "--", .. arguments]));
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs the command with the agent off, in audit or in block mode; gathers what everybody saw.</summary>
    public async Task<LabRun> RunAsync(LabMode mode, LabCommand command)
    {
        World.Clear();
        var output = Path.Combine(
            WorkFolder, string.Create(CultureInfo.InvariantCulture, $"run-{Interlocked.Increment(ref _runs)}"));
        using var process = Start(mode, command, output);
        if (command.Meanwhile is { } meanwhile)
        {
            await meanwhile(process);
        }

        var outcome = await process.ExitAsync(command.Deadline);
        if (mode != LabMode.Off && outcome.ExitCode is Aborted or SegmentationFault)
        {
            throw new LabException($"The agent crashed, or its command did:\n{outcome}"); // never a refusal
        }

        if (mode != LabMode.Block)
        {
            await ClientSockets.SettleAsync(_client);
        }

        var report = Path.Combine(output, "report.json");
        return new LabRun(
            mode, outcome, World.Received(), File.Exists(report) ? ReportView.Read(report) : null, output);
    }

    /// <summary>Starts the command as <see cref="RunAsync"/> does, without waiting for its end.</summary>
    public LabProcess Start(LabMode mode, LabCommand command, string output)
    {
        IEnumerable<string> arguments = command.UserId is { } user
            ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", .. Resolved(command.Arguments)]
            : Resolved(command.Arguments);
        if (mode != LabMode.Off)
        {
            arguments = [.. Product(mode, command, output), "--", .. arguments];
        }

        return Start([.. Resolved(command.Before), .. arguments]);
    }

    /// <summary>Ends every process of the client at once.</summary>
    public void Reset() => _cgroup.Kill();

    public ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Dispose();
        }

        _cgroup.Kill();
        World.Dispose();
        _client.Dispose();
        _world.Dispose();
        _cgroup.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private List<string> Product(LabMode mode, LabCommand command, string output)
    {
        if (!File.Exists(_options.Product))
        {
            throw new LabException($"{_options.Product} does not exist: build it first, or name it by SALLYPORT.");
        }

        // The job's own mount namespace has the same folder at another place.
        var inside = $"{ClientFiles.Work}/{Path.GetFileName(output)}";
        List<string> arguments =
        [
            _options.Product, "run", "--mode", mode == LabMode.Audit ? "audit" : "block", "--output", inside,
            "--cgroup-root", _cgroup.Path, "--quiet", .. command.Options,
        ];
        foreach (var entry in command.Allow)
        {
            arguments.AddRange(["--allow", entry]);
        }

        if (command.Policy is { } policy)
        {
            File.WriteAllText($"{output}.yml", policy);
            arguments.AddRange(["--policy", $"{inside}.yml"]);
        }

        return arguments;
    }

    /// <summary>A command of this test's own in the client's network, with everything else as it is here: what comes before it.</summary>
    public IReadOnlyList<string> Within => ["/usr/bin/nsenter", $"--net={_client.NetworkPath}", "--"];

    /// <summary>
    /// nsenter and not `ip netns exec`, which would hide /sys/fs/cgroup. The shell moves itself into the laboratory's
    /// cgroup and becomes the program.
    /// </summary>
    private ProcessStartInfo Enter(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(
            "/usr/bin/nsenter",
            [
                $"--net={_client.NetworkPath}", $"--mount={_client.MountPath}", "--",
                "/bin/sh", "-c", "echo 0 > \"$0/cgroup.procs\" && cd \"$1\" && shift && exec \"$@\"",
                _cgroup.Path, ClientFiles.Work, .. Resolved(arguments),
            ]);
        start.Environment.Clear();
        foreach (var (name, value) in s_environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static IEnumerable<string> Resolved(IEnumerable<string> arguments) => arguments.Select((argument, i) =>
        i == 0 && !argument.Contains('/', StringComparison.Ordinal)
            && File.Exists(Path.Combine(AttackPrograms.Folder, argument)) ? Program(argument) : argument);
}
