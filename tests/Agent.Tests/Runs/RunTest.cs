using System.Globalization;
using System.Text.Json;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>
/// `sallyport run` as a caller sees it: the release binary (SALLYPORT, else out/sallyport), inside a laboratory. Paths
/// are those of the laboratory's client, whose /run/lab/work is <see cref="LabNetwork.WorkFolder"/> here.
/// </summary>
public abstract class RunTest(LabFixture fixture) : IClassFixture<LabFixture>
{
    /// <summary>The client's folder.</summary>
    protected const string Work = "/run/lab/work";
    private protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>A name that no other test has.</summary>
    protected string Name { get; } = $"run-{Guid.NewGuid():N}"[..20];

    protected LabNetwork Lab => fixture.Lab;

    protected static string Product { get; } = LabOptions.FromEnvironment().Product;

    /// <summary>Output folder of this test's run, as the client names it.</summary>
    protected string Output => $"{Work}/{Name}";

    protected string FileOf(string name) => Path.Combine(Lab.WorkFolder, Name, name);

    private protected JsonElement Report() => JsonDocument.Parse(File.ReadAllBytes(FileOf("report.json"))).RootElement;

    /// <summary>The line up to the command.</summary>
    private protected string[] Line(params string[] options) =>
        [Product, "run", "--quiet", "--cgroup-root", Lab.CgroupRoot, "--output", Output, .. options, "--"];

    private protected async Task<ProcessOutcome> Run(string[] options, params string[] command)
    {
        using var process = Lab.Start([.. Line(options), .. command]);
        return await process.ExitAsync(Deadline);
    }

    private protected async Task<ProcessOutcome> Shell(string script, params string[] arguments)
    {
        using var process = Lab.Start(["sh", "-c", script, "sh", .. arguments]);
        return await process.ExitAsync(Deadline);
    }

    /// <summary>Starts a run whose command prints its parent, which is the agent, first.</summary>
    private protected async Task<(LabProcess Process, int Agent)> Start(string[] options, string script)
    {
        var process = Lab.Start([.. Line(options), "sh", "-c", $"echo $PPID > {Output}.pid; echo started; {script}"]);
        await process.SaysAsync("started", Deadline);
        return (process, int.Parse(
            await File.ReadAllTextAsync(Path.Combine(Lab.WorkFolder, Name + ".pid")), CultureInfo.InvariantCulture));
    }

    /// <summary>A row of connections: the laboratory's attacker was called, and refused.</summary>
    private protected static bool IsRefusedCall(JsonElement row) =>
        row.GetProperty("address").GetString() == LabAddresses.Attacker
        && row.GetProperty("verdict").GetString() == "refused";

    /// <summary>Soon the job's cgroup is gone, the state file, which goes last, and every program.</summary>
    private protected async Task NothingIsLeft()
    {
        var left = await Shell(
            """
            while ls "$1" /run/sallyport/jobs | grep -q -e ^sallyport- -e json; do sleep 0.1; done
            # A wrapper without the program for this kernel prints nothing at all.
            bpftool version > /dev/null || exit 2
            until programs=$(bpftool cgroup show "$1") && [ -z "$(echo "$programs" | tail -n +2)" ]; do sleep 0.1; done
            until filters=$(tc filter show dev lab0 egress) && [ -z "$filters" ]; do sleep 0.1; done
            """,
            Lab.CgroupRoot);
        Assert.True(left.ExitCode == 0, left.ToString());
    }
}
