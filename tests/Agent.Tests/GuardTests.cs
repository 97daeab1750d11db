using System.Diagnostics;
using System.Globalization;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests;

/// <summary>The guardian, with its orders in a file in place of the pipe that the agent's death closes.</summary>
public sealed class GuardTests
{
    [Fact]
    public async Task Without_a_last_word_the_tree_is_killed_and_paths_are_removed()
    {
        using var folder = new TestFolder();
        var left = folder.File("left");
        using var tree = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 300 & echo $!; wait; touch went-on"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder.Path,
        })!;
        var below = int.Parse((await tree.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
        var identity = ProcessIdentity.Of(tree.Id)!;
        await Guard(
            folder,
            new GuardOrder(GuardOrder.Process, string.Create(CultureInfo.InvariantCulture, $"{identity.Pid} {identity.StartTicks}")),
            new GuardOrder(GuardOrder.Remove, left));
        await tree.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(137, tree.ExitCode);
        Assert.False(File.Exists(left));
        Assert.False(File.Exists(Path.Combine(folder.Path, "went-on")));

        // Gone, or dead and not buried yet by whoever adopted it.
        Assert.True(SpinWait.SpinUntil(() => ProcText.TryRead($"/proc/{below}/cmdline") is null or "", TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_cgroup_is_emptied_and_removed_with_daemons_in_it()
    {
        var hierarchy = CgroupHierarchy.OfThisMachine();
        Assert.SkipUnless(SallyportProcess.IsRoot && hierarchy is not null, "needs root and cgroup v2");
        using var folder = new TestFolder();
        var cgroup = Cgroup.Create(Path.Combine(hierarchy.Own, $"sallyport-agent-test-{Environment.ProcessId}"));
        using var command = Process.Start(new ProcessStartInfo("sh", ["-c", "read go; setsid sleep 300 & wait"]) { RedirectStandardInput = true })!;
        cgroup.Adopt(command.Id);
        await command.StandardInput.WriteLineAsync("go");
        await Guard(folder, new GuardOrder(GuardOrder.Cgroup, cgroup.Folder));
        await command.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(137, command.ExitCode);
        Assert.False(Directory.Exists(cgroup.Folder));
    }

    [Fact]
    public async Task After_a_last_word_nothing_is_touched()
    {
        using var folder = new TestFolder();
        var kept = folder.File("kept");
        await Guard(folder, new GuardOrder(GuardOrder.Remove, kept), new GuardOrder(GuardOrder.Done, "now"));
        Assert.True(File.Exists(kept));
    }

    private static async Task Guard(TestFolder folder, params GuardOrder[] orders)
    {
        await File.WriteAllBytesAsync(
            Path.Combine(folder.Path, "orders"), [.. orders.SelectMany(order => order.Format())], TestContext.Current.CancellationToken);
        var outcome = await SallyportProcess.RunAt(
            folder.Path, "sh", "-c", "exec \"$0\" internal guard 3 4 3<orders 4</dev/null", SallyportProcess.Program);
        Assert.Equal((0, string.Empty), (outcome.Code, outcome.Error));
    }
}
