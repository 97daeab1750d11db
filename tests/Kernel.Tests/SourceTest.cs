using Sallyport.Lab.Processes;
using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>A new repository of two branches for every run, which the agent is started in, and what is asked of each change of it.</summary>
public abstract class SourceTest(LabFixture fixture) : KernelTest(fixture)
{
    protected const string Good = "int main(void) { return 0; }";
    protected const string Evil = "int main(void) { return 9; }";

    /// <summary>Stands for the compiler: it succeeds when it reads the other content.</summary>
    protected const string Compile = "grep -q 'return 9' src/main.c";

    /// <summary>In the place of SECONDS in a script, one after the other.</summary>
    private protected string[] Seconds { get; init; } = ["0.5", "2", "6"];

    /// <summary>The agent's finding about an attack that works. SECONDS in it are times for the agent to look: more when it was too late.</summary>
    private protected async Task<ReportedFinding> FindAsync(
        string? exe, string attack, string control, string before = "true", bool anyProcess = false, string? policy = null,
        Func<ReportedFinding, bool>? isInTime = null)
    {
        bool Is(LabRun run, ReportedFinding found) => anyProcess || IsBy(run, found, exe);
        var script = $"{attack}\n{control}";
        var off = await RunAsync(LabMode.Off, Timed(script, Seconds[0]), before);
        Assert.SkipWhen(off.Process.ExitCode == 3, $"this kernel or file system lacks it: {off.Process.Errors.Trim()}");
        Assert.True(off.Process.ExitCode == 0, $"The attack does not work with the agent off.\n{off}");
        var run = await SeenAsync(
            HasTimes(script) ? Seconds : Seconds[..1],
            seconds => RunAsync(LabMode.Audit, Timed(script, seconds), before, policy: policy),
            run => Tampered(run).FirstOrDefault(found => Is(run, found)) is { } found && isInTime?.Invoke(found) != false);
        Assert.True(run.Process.ExitCode == 0, $"Audit mode changed the outcome.\n{run}");
        // An overlay takes no mark, and what a new file system holds when it is found was not seen: the report says so.
        Assert.True(
            run.Report.Complete || (attack.Contains("mount -t", StringComparison.Ordinal) && run.Report.Losses.Keys.All(reason => reason == "files-mounted")),
            run.ToString());
        var finding = Tampered(run).FirstOrDefault(found => Is(run, found));
        Assert.True(finding is not null, $"No finding by {exe ?? "nobody"}.\n{run}");
        Assert.True(
            finding.Process is null || run.Report.AncestryOf(finding.Process).All(name => name is not null), run.ToString());
        return finding;
    }

    private protected async Task SilentAsync(string script, string before = "true", string? policy = null)
    {
        var off = await RunAsync(LabMode.Off, Timed(script, Seconds[0]), before);
        Assert.True(off.Process.ExitCode == 0, $"It does not even work with the agent off.\n{off}");
        var run = await SeenAsync(
            HasTimes(script) ? Seconds : Seconds[..1],
            seconds => RunAsync(LabMode.Audit, Timed(script, seconds), before, policy: policy),
            run => !Tampered(run).Any());
        Assert.True(run.Process.ExitCode == 0, run.ToString());
        Assert.True(!Tampered(run).Any(), run.ToString());
        Assert.True(run.Report.Complete, run.ToString());
    }

    private static bool HasTimes(string script) => script.Contains("SECONDS", StringComparison.Ordinal);

    private protected static string Timed(string script, string seconds) => script.Replace("SECONDS", seconds, StringComparison.Ordinal);

    private protected static IEnumerable<ReportedFinding> Tampered(LabRun run) =>
        run.Report.Findings.Where(finding => finding.Id == "source-tampered");

    private protected static bool IsBy(LabRun run, ReportedFinding finding, string? exe) => exe is null
        ? finding.Process is null
        : Path.GetFileName(run.Report.ExeOf(finding.Process)) is { } name
            && (name.StartsWith(exe, StringComparison.Ordinal) || (exe == "sh" && name is "dash" or "bash"));

    private protected async Task<LabRun> RunAsync(
        LabMode mode, string script, string before = "true", TimeSpan? deadline = null, string? policy = null)
    {
        var folder = $"/run/lab/work/tree-{Guid.NewGuid():N}";
        var made = await Lab.OutsideAsync(
            "/bin/sh",
            "-ec",
            $"""
            git init -q -b main {folder}; cd {folder}
            git config user.name lab; git config user.email lab@lab.test; git config advice.detachedHead false
            mkdir src; echo '{Good}' > src/main.c; echo readme > README; echo more > src/more.c
            git add .; git commit -qm one
            git checkout -qb other; echo '// other' >> src/main.c; echo new > src/new.c; git add .; git commit -qm two
            git checkout -q main
            """);
        Assert.True(made.ExitCode == 0, made.ToString());
        return await Lab.RunAsync(mode, Script(script) with
        {
            Before = ["/bin/sh", "-ec", $"cd {folder}; {before}; exec \"$@\"", "sh"],
            Deadline = deadline ?? TimeSpan.FromSeconds(60),
            Policy = policy,
        });
    }

    protected async Task<string> IdAsync(string content, string end = "\n")
    {
        await File.WriteAllTextAsync(Path.Combine(Lab.WorkFolder, "content"), content + end);
        ProcessOutcome hashed = await Lab.OutsideAsync("git", "hash-object", "/run/lab/work/content");
        return hashed.Output.Trim();
    }
}
