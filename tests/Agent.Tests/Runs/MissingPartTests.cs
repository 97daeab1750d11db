using System.Text.Json;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Agent.Tests.Runs;

/// <summary>
/// A machine that lacks a part: `doctor` says which, and `run` starts nothing where it can neither see nor refuse.
/// A kernel without a hook is one whose bpf(2) does not know it: `lacking` stands between, and answers as such a kernel does.
/// </summary>
public sealed class MissingPartTests(LabFixture fixture) : RunTest(fixture)
{
    /// <summary>In a mount namespace of its own: the types of the kernel are covered by an empty folder.</summary>
    private static readonly string[] WithoutTypes =
        ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /sys/kernel/btf && exec \"$@\"", "sh"];

    /// <summary>The same for the list of the kernel's security modules.</summary>
    private static readonly string[] WithoutSecurityModules =
        ["unshare", "--mount", "sh", "-c", "mount -t tmpfs none /sys/kernel/security && exec \"$@\"", "sh"];

    private static readonly string[] WithoutNetworkAdministration =
        ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"];

    [Theory]
    [InlineData("audit")]
    [InlineData("block")]
    public async Task Without_types_of_the_kernel_nothing_starts(string mode)
    {
        var outcome = await Call([.. WithoutTypes, .. Line("--mode", mode), "touch", $"{Output}.started"]);
        Assert.True(outcome.ExitCode == 69, outcome.ToString());
        Assert.Contains("CONFIG_DEBUG_INFO_BTF", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("nothing was started", outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
        await NothingIsLeft();
    }

    [Fact]
    public async Task Doctor_names_the_types_of_the_kernel_when_they_are_missing()
    {
        var outcome = await Call([.. WithoutTypes, Product, "doctor"]);
        Assert.True(outcome.ExitCode == 69, outcome.ToString());
        Assert.Matches("enforce +no", outcome.Output);
        Assert.Matches("no +types of the kernel \\(BTF\\) .*/sys/kernel/btf/vmlinux, are missing", outcome.Output);
    }

    [Fact]
    public async Task Doctor_names_a_capability_that_is_missing()
    {
        var outcome = await Call([.. WithoutNetworkAdministration, Product, "doctor", "--json"]);
        Assert.True(outcome.ExitCode == 69, outcome.ToString());
        using var document = JsonDocument.Parse(outcome.Output);
        Assert.False(document.RootElement.GetProperty("canEnforce").GetBoolean());
        var missing = Assert.Single(
            document.RootElement.GetProperty("checks").EnumerateArray(),
            check => check.GetProperty("name").GetString() == "CAP_NET_ADMIN");
        Assert.False(missing.GetProperty("available").GetBoolean());
        Assert.StartsWith("missing", missing.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("block")]
    public async Task Without_a_capability_nothing_starts_and_it_is_named(string mode)
    {
        var outcome = await Call([.. WithoutNetworkAdministration, .. Line("--mode", mode), "touch", $"{Output}.started"]);
        Assert.True(outcome.ExitCode == 77, outcome.ToString());
        Assert.Contains("CAP_NET_ADMIN", outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
        await NothingIsLeft();
    }

    [Fact]
    public async Task Doctor_says_that_refused_connections_are_ended()
    {
        var outcome = await Call([Product, "doctor"]);
        Assert.Matches("yes +end of refused connections +optional", outcome.Output);
    }

    [Fact]
    public async Task Doctor_says_what_is_weaker_without_BPF_LSM()
    {
        var outcome = await Call([.. WithoutSecurityModules, Product, "doctor"]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Matches("no +BPF LSM .*can end the agent.*packet sockets.*AF_VSOCK.*user namespaces are not seen", outcome.Output);
    }

    /// <summary>With BPF LSM: eng/vm/run.</summary>
    [Theory]
    [InlineData("user-namespace-made", "block")]
    [InlineData("agent-attacked", "report")]
    [InlineData("user-namespace-made", "off")]
    public async Task A_policy_that_names_what_BPF_LSM_alone_sees_is_told_where_there_is_none(string detector, string action)
    {
        File.WriteAllText(Path.Combine(Lab.WorkFolder, Name + ".yml"), $"version: 1\ndetections: {{ {detector}: {action} }}\n");
        var outcome = await Call([.. WithoutSecurityModules, .. Line("--policy", $"{Output}.yml"), "unshare", "--user", "true"]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        var mode = Report().GetProperty("mode");
        Assert.Equal(action == "off" ? "observing" : "degraded", mode.GetProperty("inForce").GetString());
        Assert.All(
            mode.GetProperty("degraded").EnumerateArray(),
            one => Assert.StartsWith($"{detector}: BPF LSM, which sees it, is not in use", one.GetString(), StringComparison.Ordinal));
    }

    /// <summary>By number of enum bpf_prog_type, bpf_attach_type, bpf_map_type; and how `doctor` calls it.</summary>
    [Theory]
    [InlineData("program", 3, "traffic control")]
    [InlineData("program", 8, "cgroup packets")]
    [InlineData("program", 18, "cgroup connect and sendmsg")]
    [InlineData("program", 9, "cgroup sockets")]
    [InlineData("program", 25, "cgroup socket options")]
    [InlineData("map", 27, "ring buffer")]
    [InlineData("map", 24, "socket storage")]
    [InlineData("attach", 1, null)] // BPF_CGROUP_INET_EGRESS
    [InlineData("attach", 11, null)] // BPF_CGROUP_INET6_CONNECT
    public async Task Without_a_hook_that_verdicts_need_nothing_starts(string kind, int number, string? check)
    {
        string[] lacking = [LabNetwork.Program("lacking"), kind, $"{number}"];
        foreach (var mode in (string[])["audit", "block"])
        {
            var outcome = await Call([.. lacking, .. Line("--mode", mode), "touch", $"{Output}.started"]);
            Assert.True(outcome.ExitCode == 69, outcome.ToString());
            Assert.Contains("nothing was started", outcome.Errors, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
            await NothingIsLeft();
        }

        if (check is null)
        {
            return;
        }

        var doctor = await Call([.. lacking, Product, "doctor", "--json"]);
        Assert.True(doctor.ExitCode == 69, doctor.ToString());
        using var document = JsonDocument.Parse(doctor.Output);
        Assert.False(document.RootElement.GetProperty("canEnforce").GetBoolean());
        var missing = Assert.Single(
            document.RootElement.GetProperty("checks").EnumerateArray(),
            one => one.GetProperty("name").GetString() == check);
        Assert.False(missing.GetProperty("available").GetBoolean());
    }

    /// <summary>The control: the same run, with a lack of what nobody uses (AF_XDP's table).</summary>
    [Fact]
    public async Task With_all_that_it_needs_it_starts()
    {
        var outcome = await Call([LabNetwork.Program("lacking"), "map", "17", .. Line("--mode", "block"), "touch", $"{Output}.started"]);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.True(File.Exists(Path.Combine(Lab.WorkFolder, Name + ".started")));
    }

    private async Task<ProcessOutcome> Call(string[] line)
    {
        using var process = Lab.Start(line);
        return await process.ExitAsync(Deadline);
    }
}
