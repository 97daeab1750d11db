using System.Globalization;
using System.Text.Json;
using Sallyport.EndToEnd.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests;

/// <summary>
/// `sudo: bounded` with the real sudo: packages install, and root in the job can do what files need and nothing that reaches the kernel,
/// other processes or the agent. What would go round it is stopped by the kernel side; after the job sudo is as before.
/// </summary>
public sealed class BoundedSudoTests(MachineFixture fixture) : IClassFixture<MachineFixture>
{
    private const string Input = "sudo: bounded";

    /// <summary>A package as dpkg installs it: with a file, an owner and a script that runs as root.</summary>
    private const string Package = """
        mkdir -p package/DEBIAN package/run/lab/work/lab-package
        printf 'Package: lab-package\nVersion: 1\nArchitecture: all\nMaintainer: lab\nDescription: none\n' > package/DEBIAN/control
        printf '#!/bin/sh\nset -e\nchown 12:34 /run/lab/work/lab-package/file\nchmod 750 /run/lab/work/lab-package\n' > package/DEBIAN/postinst
        chmod 755 package/DEBIAN/postinst; echo content > package/run/lab/work/lab-package/file
        dpkg-deb --root-owner-group --build package lab.deb > /dev/null
        mkdir -p db/info db/updates; touch db/status
        """;

    /// <summary>
    /// Each prints `did NAME`, `refused NAME`, or `lacks NAME` where this kernel does it for nobody; the control run has all others done.
    /// </summary>
    private const string Attacks = """
        did() {
          name=$1; shift; code=0; "$@" > /dev/null 2>> $SIGNS/errors || code=$?
          case $code in 0) echo "did $name";; 3) echo "lacks $name";; *) echo "refused $name";; esac
        }
        target=$(cat $SIGNS/victim)
        OWNER="import fcntl, socket, struct
        def owner(call):
          a, b = socket.socketpair()
          fcntl.ioctl(a, call, struct.pack('i', $target)), fcntl.fcntl(a, fcntl.F_SETSIG, 18), fcntl.fcntl(a, fcntl.F_SETFL, 0x2000), b.send(b'x')
        "
        {
          did kill sudo -n kill -CONT $target
          did kill-group sudo -n kill -CONT -- -$target
          did kill-thread sudo -n python3 -c "import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(200, $target, 18) & 1)"
          did kill-pidfd sudo -n python3 -c "import os, signal; signal.pidfd_send_signal(os.pidfd_open($target), 18)"
          did kill-folder sudo -n python3 -c "import os, signal; signal.pidfd_send_signal(os.open('/proc/$target', 0), 18)"
          did kill-ioctl sudo -n python3 -c "${OWNER}owner(0x8901)"
          did kill-ioctl-group sudo -n python3 -c "${OWNER}owner(0x8902)"
          did limits sudo -n prlimit --pid $target --core=0
          did memory sudo -n python3 -c "open('/proc/$target/mem', 'rb')"
          did mount sudo -n mount -t tmpfs none /mnt
          did namespace sudo -n nsenter -t $target -n true
          did network sudo -n ip link add lab-dummy type veth
          did raw sudo -n python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"
          did bpf sudo -n BPF load
          did module sudo -n PRIVILEGED module
          did perf sudo -n PRIVILEGED perf
          did handle sudo -n PRIVILEGED handle
          did shell sudo -n -i sh -c 'mount -t tmpfs none /mnt'
        } > $SIGNS/attacks
        sudo -n grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status > $SIGNS/capabilities
        """;

    /// <summary>
    /// What bounded root has none of (linux/capability.h): DAC_READ_SEARCH, KILL, NET_ADMIN, NET_RAW, SYS_MODULE, SYS_RAWIO, SYS_PTRACE, SYS_ADMIN,
    /// PERFMON, BPF.
    /// </summary>
    private static readonly int[] s_taken = [2, 5, 12, 13, 16, 17, 19, 21, 38, 39];

    private RunnerMachine Machine => fixture.Machine;

    [Theory]
    [InlineData("disable-telemetry: true", "did")]
    [InlineData(Input, "refused")]
    public async Task What_root_needs_for_files_goes_on_and_the_rest_does_not(string input, string expected)
    {
        using Sallyport.Lab.Processes.LabProcess victim = Machine.Network.Start("setsid", "sleep", "100");
        using StartedRun started = Start(input, $"""
            {Package}
            sudo -n dpkg --admindir=$PWD/db --force-not-root --force-depends -i lab.deb > $SIGNS/dpkg 2>&1 || echo failed >> $SIGNS/dpkg
            sudo -n stat -c '%u %g' /run/lab/work/lab-package/file > $SIGNS/owner || true
            sudo -n rm -rf /run/lab/work/lab-package
            agents=$(sed -n 's/^session required [^ ]* //p' /etc/pam.d/sallyport-* 2>/dev/null || true)
            {(input == Input ? "echo ${agents%% *} > $SIGNS/victim" : $"echo {victim.Id.ToString(CultureInfo.InvariantCulture)} > $SIGNS/victim")}
            {Attacks.Replace("BPF", LabNetwork.Program("bpf"), StringComparison.Ordinal)
                .Replace("PRIVILEGED", LabNetwork.Program("privileged"), StringComparison.Ordinal)}
            """);
        WorkflowRun run = await started.EndAsync();
        Assert.True(run.ConclusionOf() == "success", $"{run}\n{Read(started, "dpkg")}");
        Assert.Equal("12 34", Read(started, "owner"));
        string[] lines = Read(started, "attacks").Split('\n');
        Assert.True(
            lines.Length == 18 && lines.All(line => line.StartsWith(expected, StringComparison.Ordinal) || line is "lacks module" or "lacks perf"),
            $"{Read(started, "attacks")}\n{run}");

        // "CapBnd:\t000001ffffffffff", one line for each set
        ulong left = Read(started, "capabilities").Split('\n')
            .Aggregate(0UL, (sum, line) => sum | ulong.Parse(line.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Assert.True(s_taken.Any(capability => (left >> capability & 1) != 0) == (expected == "did"), $"{left:x}");
    }

    /// <summary>Root without bounds by a set-uid file, by a service of PAM that was changed, and by another program of the system's.</summary>
    [Theory]
    [InlineData("sudo -n sh -c 'cp /bin/dash /usr/lib/lab-helper; chmod 4755 /usr/lib/lab-helper'; /usr/lib/lab-helper -p -c", "set-uid file")]
    [InlineData("sudo -n sed -i '/bounds/d' /etc/pam.d/sallyport-*; sudo -n sh -c", "unbounded")]
    [InlineData("sudo -n sh -c 'echo root: | chpasswd -e'; su -c", "unbounded")]
    public async Task A_way_round_is_found_and_stopped(string way, string by)
    {
        using StartedRun started = Start(Input, $"""
            {way} 'grep CapBnd /proc/self/status' > $SIGNS/round 2> $SIGNS/errors || true
            sudo -n id -u > $SIGNS/after || true
            """);
        WorkflowRun run = await started.EndAsync();
        Assert.True(Read(started, "round").Length == 0, run.ToString());
        Assert.Contains(run.Report.Findings, row => JobReport.Text(row, "id") == "root-gained"
            && JobReport.Text(row, "action") == "blocked" && JobReport.Text(row.GetProperty("evidence"), "by") == by);
        await Machine.ShellAsync("rm -f /usr/lib/lab-helper; echo 'root:*' | chpasswd -e");
    }

    /// <summary>Two runners at once, of one user: what sudo starts has the service of one of them, and signals the agents of neither.</summary>
    [Fact]
    public async Task Of_two_jobs_neither_signals_its_agent()
    {
        const string Script = """
            touch $SIGNS/ready; while [ ! -e $SIGNS/go ]; do sleep 0.02; done
            sudo -n kill -CONT $(cat $SIGNS/go) 2> $SIGNS/errors && echo did > $SIGNS/signal || echo refused > $SIGNS/signal
            sudo -n id -u > $SIGNS/user
            """;
        using StartedRun first = Start(Input, Script);
        await first.SignAsync("ready");
        int agent = first.Watcher();
        using StartedRun second = Start(Input, Script);
        await second.SignAsync("ready");
        foreach (StartedRun run in (StartedRun[])[first, second])
        {
            // The first one's is the one that a file of the second's does not know of by itself.
            string sign = Path.Combine(run.Folder, "go");
            await File.WriteAllTextAsync(sign + ".new", $"{agent}", TestContext.Current.CancellationToken);
            File.Move(sign + ".new", sign);
            await run.SignAsync("user");
        }

        _ = await RunnerMachine.EndOf(first.Process);
        _ = await second.EndAsync();
        Assert.Equal(("refused", "refused"), (Read(first, "signal"), Read(second, "signal")));
        Assert.Equal(("0", "0"), (Read(first, "user"), Read(second, "user")));
        Assert.Equal("", (await Machine.ShellAsync("ls /etc/pam.d /etc/sudoers.d | grep sallyport || true")).Trim());
    }

    [Fact]
    public async Task It_is_given_back_also_after_a_kill_and_by_the_machines_owner_it_is_asked_for()
    {
        await Machine.ConfigureOnDemandAsync(Input);
        try
        {
            using StartedRun started = Start("disable-telemetry: true", """
                sudo -n grep CapBnd /proc/self/status > $SIGNS/during
                touch $SIGNS/ready; while [ ! -e $SIGNS/go ]; do sleep 0.02; done
                """);
            await started.SignAsync("ready");
            await Machine.ShellAsync("kill -KILL \"$1\"", $"{started.Watcher()}");
            await File.WriteAllTextAsync(Path.Combine(started.Folder, "go"), "", TestContext.Current.CancellationToken);
            _ = await started.EndAsync();
            Assert.NotEqual(await BoundAsync("cat /proc/self/status"), Read(started, "during"));
            Assert.Equal(await BoundAsync("cat /proc/self/status"), await BoundAsync("sudo -n cat /proc/self/status"));
            Assert.Equal("", (await Machine.ShellAsync("ls /etc/pam.d /etc/sudoers.d | grep sallyport || true; ls /var/lib/sallyport/bounds")).Trim());
        }
        finally
        {
            await Machine.ConfigureOnDemandAsync();
        }
    }

    private async Task<string> BoundAsync(string command) => (await Machine.ShellAsync(
        $"setpriv --reuid=4242 --regid=4242 --init-groups {command} | grep CapBnd")).Trim();

    private StartedRun Start(string input, string script) => Machine.Start(SudoTests.Workflow(input, script), "--user", RunnerMachine.User);

    private static string Read(StartedRun run, string name) => File.ReadAllText(Path.Combine(run.Folder, name)).Trim();
}
