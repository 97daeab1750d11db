using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>
/// A machine with a runner: the client of a laboratory, where /etc, /var/lib/sallyport and /run/sallyport are its own, the
/// agent under test, and the stand-in for the Actions runner as a process of its own.
/// </summary>
public sealed class RunnerMachine : IAsyncDisposable
{
    /// <summary>Folder of the client that is <see cref="LabNetwork.WorkFolder"/> for the test.</summary>
    public const string Work = "/run/lab/work";

    /// <summary>
    /// Everything below /etc and /usr/lib stays as it is on the machine; what is written there goes to the client's memory.
    /// The runner's user becomes root by sudo, as on hosted runners. The agent's two folders are below <see cref="Work"/>, where the test can read them.
    /// </summary>
    private const string Prepare = $"""
        for name in resolv.conf hosts nsswitch.conf; do cp /etc/$name /run/lab/$name; done
        mkdir -p /run/lab/etc/upper /run/lab/etc/work /run/sallyport {Work}/var {Work}/run
        chmod 755 {Work}/var {Work}/run
        mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/lab/etc/upper,workdir=/run/lab/etc/work /etc
        for name in resolv.conf hosts nsswitch.conf; do rm -f /etc/$name; cp /run/lab/$name /etc/$name; chmod 644 /etc/$name; done
        printf '127.0.1.1 %s\n' "$(hostname)" >> /etc/hosts
        mkdir -p /etc/sallyport /run/lab/lib/upper /run/lab/lib/work
        mount -t overlay overlay -o lowerdir=/usr/lib,upperdir=/run/lab/lib/upper,workdir=/run/lab/lib/work /usr/lib
        printf '%s\n' '{User}:x:4242:4242::{Work}/home:/bin/sh' >> /etc/passwd
        printf '%s\n' '{User}:*:19000:0:99999:7:::' >> /etc/shadow
        printf '%s\n' '{User}:x:4242:' >> /etc/group
        printf '%s\n' '{User} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{User}
        chmod 440 /etc/sudoers.d/{User}
        mkdir -p {Work}/home
        chown 4242:4242 {Work}/home
        [ -d /var/lib/sallyport ] || mkdir -m 755 /var/lib/sallyport
        mount --bind {Work}/var /var/lib/sallyport
        mount --bind {Work}/run /run/sallyport
        """;

    /// <summary>A user of the client alone, with sudo and no password.</summary>
    public const string User = "lab-runner";

    /// <summary>The stand-in as it was built, for what only a runtime does.</summary>
    public static string BuiltRunner { get; } = Path.Combine(AppContext.BaseDirectory, "Runner");

    /// <summary>SALLYPORT_RUNNER names a published stand-in; else as it was built.</summary>
    public string Runner { get; set; } = Environment.GetEnvironmentVariable("SALLYPORT_RUNNER") ?? BuiltRunner;

    /// <summary>Name of a cgroup that runners are started in, as the unit of a service is one; else they are in the machine's own.</summary>
    public string Unit { get; set; } = "";

    /// <summary>A program with its options that runners are started by.</summary>
    public ImmutableArray<string> Under { get; set; } = [];

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly LabNetwork _network;
    private readonly string _product;
    private string _actions = "";
    private int _runs;

    private RunnerMachine(LabNetwork network, string product) => (_network, _product) = (network, product);

    public LabNetwork Network => _network;

    /// <summary>Path of the agent under test.</summary>
    public string Product => _product;

    public static async Task<RunnerMachine> CreateAsync()
    {
        LabOptions options = LabOptions.FromEnvironment();
        LabNetwork network = await LabNetwork.CreateAsync(options);
        RunnerMachine machine = new(network, options.Product);
        try
        {
            Internet.AddTo(network.World.Zones);
            await machine.ShellAsync(Prepare);
            await machine.ConfigureOnDemandAsync();
            await TestPrograms.BuildAsync(network);
            machine._actions = ActionFolder.LayOut(
                Directory.CreateDirectory(Path.Combine(network.WorkFolder, "actions")).FullName, options.Product);
            return machine;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of root's, outside of any job; it must succeed. Returns what it printed.</summary>
    public async Task<string> ShellAsync(string script, params IEnumerable<string> arguments)
    {
        ProcessOutcome outcome = await _network.OutsideAsync(["sh", "-ec", script, "sh", .. arguments]);
        return outcome.ExitCode == 0 ? outcome.Output : throw new LabException(outcome.ToString());
    }

    /// <summary>Writes a file below /etc/sallyport as root, and returns its path.</summary>
    public async Task<string> ConfigureAsync(string name, string text)
    {
        string path = $"/etc/sallyport/{name}";
        await ShellAsync("printf '%s\\n' \"$2\" > \"$1\"; chmod 644 \"$1\"", path, text);
        return path;
    }

    /// <summary>Scripts of the machine's owner before and after a job; returns the options of a runner that has them.</summary>
    public async Task<string[]> HookAsync(string started, string completed)
    {
        await ShellAsync($$"""
            mkdir -p {{Work}}/hooks
            printf '%s\n' "$1" > {{Work}}/hooks/started.sh; printf '%s\n' "$2" > {{Work}}/hooks/completed.sh
            chmod -R a+rX {{Work}}/hooks
            """, started, completed);
        return
        [
            "--env", $"ACTIONS_RUNNER_HOOK_JOB_STARTED={Work}/hooks/started.sh",
            "--env", $"ACTIONS_RUNNER_HOOK_JOB_COMPLETED={Work}/hooks/completed.sh",
        ];
    }

    /// <summary>Starts `sallyport agent` with these lines of agent.yml, and returns when it watches for runners.</summary>
    /// <param name="settings">Below version and cgroupRoot.</param>
    /// <param name="program">Another file than <see cref="Product"/>.</param>
    public async Task<AgentProcess> ServeAsync(string settings, string? program = null)
    {
        await ConfigureAsync("agent.yml", $"version: 1\ncgroupRoot: {_network.CgroupRoot}\n{settings}");
        return await AgentProcess.StartAsync(this, program);
    }

    /// <summary>The same with one policy for every job.</summary>
    public async Task<AgentProcess> ServeWithAsync(string policy, string? program = null, string scope = "job")
    {
        string path = await ConfigureAsync("policy.yml", policy);
        return await ServeAsync($"policy: {path}\nscope: {scope}", program);
    }

    /// <summary>agent.yml for an agent that jobs start by themselves.</summary>
    public Task ConfigureOnDemandAsync(string settings = "") =>
        ConfigureAsync("agent.yml", $"version: 1\ncgroupRoot: {_network.CgroupRoot}\n{settings}");

    /// <summary>Runs a workflow to its end, and waits until every agent of a job has ended with it.</summary>
    public async Task<WorkflowRun> RunAsync(string workflow, params IEnumerable<string> options)
    {
        _network.World.Clear();
        using StartedRun run = Start(workflow, options);
        return await run.EndAsync();
    }

    /// <summary>Starts a workflow without waiting for its end.</summary>
    public StartedRun Start(string workflow, params IEnumerable<string> options) => StartWith(ImmutableDictionary<string, string>.Empty, workflow, options);

    /// <summary>The same with other files of the repository beside the workflow, by their paths.</summary>
    public StartedRun StartWith(
        IReadOnlyDictionary<string, string> files, string workflow, params IEnumerable<string> options)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"run-{Interlocked.Increment(ref _runs)}");
        string file = Path.Combine(_network.WorkFolder, name, "repository", ".github", "workflows", "test.yml");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, workflow);
        foreach ((string path, string text) in files)
        {
            File.WriteAllText(Path.Combine(_network.WorkFolder, name, "repository", path), text);
        }

        new DirectoryInfo(Path.Combine(_network.WorkFolder, name)).UnixFileMode = (UnixFileMode)0x1FF;
        HashSet<string> before = [.. JobFolders()];
        LabProcess process = _network.Start([
            "sh", "-ec", "mkdir -p \"$0\"; echo 0 > \"$0/cgroup.procs\"; exec \"$@\"", $"{_network.CgroupRoot}/{Unit}",
            .. Under, "env", $"DOTNET_ROOT={DotnetRoot()}", Runner,
            "--root", $"{Work}/{name}/root", "--workflow", $"{Work}/{name}/repository/.github/workflows/test.yml",
            "--result", $"{Work}/{name}/result.json", "--actions", _actions,
            "--env", $"AGENT={_product}", "--env", $"PROGRAMS={TestPrograms.Folder}", "--env", $"SIGNS={Work}/{name}", .. options,
        ]);
        return new StartedRun(this, process, Path.Combine(_network.WorkFolder, name), before);
    }

    /// <summary>Ends every process of the machine at once, as a reset does.</summary>
    public void Reset() => _network.Reset();

    public async ValueTask DisposeAsync() => await _network.DisposeAsync();

    /// <summary>Folders of results, by the time of their jobs.</summary>
    internal IEnumerable<string> JobFolders()
    {
        string jobs = Path.Combine(_network.WorkFolder, "var", "jobs");
        return Directory.Exists(jobs) ? Directory.GetDirectories(jobs).Order(StringComparer.Ordinal) : [];
    }

    /// <summary>State files go last, after the reports.</summary>
    internal Task NoJobIsWatchedAsync() => AtMostAreWatchedAsync(0);

    internal async Task AtMostAreWatchedAsync(int count)
    {
        string jobs = Path.Combine(_network.WorkFolder, "run", "jobs");
        using CancellationTokenSource deadline = new(s_patience);
        while (Directory.Exists(jobs) && Directory.EnumerateFiles(jobs).Count() > count)
        {
            if (deadline.IsCancellationRequested)
            {
                throw new LabException($"Watched still after {s_patience}: {string.Join(' ', Directory.GetFiles(jobs))}");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    internal static Task<ProcessOutcome> EndOf(LabProcess process) => process.ExitAsync(s_deadline);

    internal static JsonElement ReadJson(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;

    /// <summary>The laboratory's commands have an empty environment: the .NET that runs this test runs the stand-in.</summary>
    internal static string DotnetRoot() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
}
