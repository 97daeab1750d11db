using System.Collections.Immutable;
using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

[assembly: AssemblyFixture(typeof(ContainerLab))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Sallyport.Docker.Tests.Machine;

/// <summary>One laboratory with one dockerd for all tests, which take turns.</summary>
public sealed class ContainerLab : IAsyncLifetime
{
    /// <summary>Where the client's namespace has <see cref="LabNetwork.WorkFolder"/>.</summary>
    private const string WorkFolder = "/run/lab/work";

    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Task> _controls = [];
    private LabNetwork? _network;
    private LabProcess? _daemon;

    /// <summary>The policy of every job of these tests.</summary>
    public static ImmutableArray<string> Allow { get; } = ["v4.test:80", "v6.test:80", "registry.allowed.test:443"];

    /// <summary>Where a runtime of a job's own is to make its cgroups.</summary>
    public string CgroupParent => $"/{Path.GetFileName(Network.CgroupRoot)}";

    private LabNetwork Network
    {
        get
        {
            Assert.SkipWhen(_network is null, LabNetwork.WhyNot ?? "the laboratory was not started");
            return _network;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (LabNetwork.WhyNot is not null)
        {
            return;
        }

        _network = await LabNetwork.CreateAsync(LabOptions.FromEnvironment());
        try
        {
            RuncLeftovers.Remove(_network.CgroupRoot);
            await LeaveRoomAsync();
            string[] programs = await CompiledPrograms.BuildAsync(_network);
            _daemon = await DockerDaemon.StartAsync(_network);
            await BaseImage.WriteAsync(Path.Combine(_network.WorkFolder, "image.tar"), programs);
            await OutsideAsync("docker", "import", $"{WorkFolder}/image.tar", BaseImage.Name);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _network, null) is { } network)
        {
            _daemon?.Dispose();
            await network.DisposeAsync();
            RuncLeftovers.Remove(network.CgroupRoot);
        }
    }

    /// <summary>
    /// Runs a command as a job, or by itself with the agent off. While it runs, others may do something else, given the
    /// running process.
    /// </summary>
    public async Task<JobRun> JobAsync(
        LabMode mode, IEnumerable<string> command, Func<LabProcess, Task>? meanwhile = null, string[]? options = null,
        string? policy = null)
    {
        LabRun run = await Network.RunAsync(mode, new LabCommand
        {
            Arguments = [.. command],
            Allow = Allow,
            Meanwhile = meanwhile,
            Options = [.. options ?? []],
            Policy = policy,
            Deadline = s_deadline,
        });
        return new JobRun(run);
    }

    /// <summary>
    /// A job, and again while it does not show what it must: what is to be seen while a container lives, or to come within a second, is
    /// missed now and then on a machine that stalls, and each time where nobody sees or does it.
    /// </summary>
    public static async Task<T> UntilAsync<T>(Func<T, bool> shows, Func<Task<T>> run, int attempts = 3)
    {
        ArgumentNullException.ThrowIfNull(shows);
        ArgumentNullException.ThrowIfNull(run);
        T job = await run();
        while (--attempts > 0 && !shows(job))
        {
            job = await run();
        }

        return job;
    }

    /// <summary>
    /// Shows once that an attack works here with the agent off, before any test may say that it was stopped. Tests take
    /// turns; one control per attack is kept until the laboratory ends.
    /// </summary>
    public Task ControlAsync(string attack, Func<Task> control)
    {
        ArgumentNullException.ThrowIfNull(control);
        if (!_controls.TryGetValue(attack, out Task? shown))
        {
            shown = control();
            _controls.Add(attack, shown);
        }

        return shown;
    }

    /// <summary>Runs a command that is no part of any job; it must succeed. Returns what it printed.</summary>
    public async Task<string> OutsideAsync(params IEnumerable<string> command)
    {
        ProcessOutcome outcome = await Network.OutsideAsync(command);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        return outcome.Output.TrimEnd('\n');
    }

    /// <summary>A folder that the job and its containers can share, by its path in the client's namespace.</summary>
    public string NewFolder()
    {
        string name = Destination.NewToken();
        Directory.CreateDirectory(Path.Combine(Network.WorkFolder, name));
        return $"{WorkFolder}/{name}";
    }

    /// <summary>What is below <see cref="NewFolder"/> there, as the test itself sees it.</summary>
    public string SeenHere(string path) => Path.Combine(Network.WorkFolder, Path.GetRelativePath(WorkFolder, path));

    /// <summary>A folder with a Dockerfile.</summary>
    public string NewContext(string dockerfile)
    {
        string folder = NewFolder();
        File.WriteAllText(Path.Combine(Network.WorkFolder, Path.GetFileName(folder), "Dockerfile"), dockerfile);
        return folder;
    }

    /// <summary>
    /// dockerd takes no network that a route already covers: the client's own is narrowed from 198.51.100.0/24 to its
    /// lower half, where all of the world lives.
    /// </summary>
    private Task<string> LeaveRoomAsync() => OutsideAsync("sh", "-ec", $"""
        interface=$(ip -oneline -4 address show to {LabAddresses.Client} | cut -d ' ' -f 2)
        ip address del {LabAddresses.Client}/24 dev "$interface"
        ip address add {LabAddresses.Client}/25 dev "$interface"
        ip route replace default via {LabAddresses.Gateway}
        """);
}
