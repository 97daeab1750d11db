using System.Diagnostics;
using Sallyport.Lab.Processes;

namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING D and rule 2: caches that were filled before the start, and a resolver that is stopped meanwhile.</summary>
public sealed class ResolverCacheTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Dnsmasq = "/usr/sbin/dnsmasq";
    private const string Asked = "/run/lab/work/nscd.asked";

    /// <summary>In the place of nscd(8): keeps the bytes of requests to forget, answers as it is told. What C libraries ask it does without.</summary>
    private const string NameCache = $"""
        import os, socket, struct, sys
        os.makedirs('/run/nscd', exist_ok=True)
        for path in ('/run/nscd/socket', '{Asked}'):
            if os.path.exists(path):
                os.unlink(path)
        server = socket.socket(socket.AF_UNIX)
        server.bind('/run/nscd/socket')
        server.listen()
        print('listening', flush=True)
        while True:
            client, _ = server.accept()
            said = client.recv(100)
            if said[4] == 10:
                open('{Asked}', 'ab').write(said)
                client.sendall(struct.pack('=i', int(sys.argv[1])))
            client.close()
        """;

    [Theory]
    [InlineData(LabMode.Audit, false)]
    [InlineData(LabMode.Block, true)]
    public async Task The_cache_of_the_machines_resolver_is_emptied_in_block_mode_only(LabMode mode, bool isEmptied)
    {
        using var resolver = await StartAsync();
        await AskAsync();
        Lab.World.Clear();
        await AskAsync();
        Assert.DoesNotContain(Lab.World.Received().Questions, question => question.Name == "v4.test");

        var run = await Lab.RunAsync(mode, Command("true"));
        await AskAsync();
        Assert.Equal(isEmptied, Lab.World.Received().Questions.Any(question => question.Name == "v4.test"));
        Assert.True(run.Report.Findings.Count == 0, run.ToString());
    }

    /// <summary>
    /// As nscd --invalidate=hosts says it: struct request_header of glibc (version 2, INVALIDATE, bytes of the key), the key with its NUL.
    /// </summary>
    [Theory]
    [InlineData(LabMode.Block, 0)]
    [InlineData(LabMode.Block, 13)]
    [InlineData(LabMode.Audit, 0)]
    public async Task The_cache_of_nscd_is_emptied_in_block_mode_only(LabMode mode, int answer)
    {
        using LabProcess nscd = Lab.Start(
            "/bin/sh", "-c", "[ -e nscd ] || cp \"$(readlink -f /usr/bin/python3)\" nscd; exec ./nscd -c \"$1\" \"$2\"", "sh", NameCache, $"{answer}");
        await nscd.SaysAsync("listening", TimeSpan.FromMinutes(1));
        LabRun run = await Lab.RunAsync(mode, Command("true"));
        string kept = Path.Combine(Lab.WorkFolder, Path.GetFileName(Asked));
        string? expected = mode == LabMode.Block ? "020000000A00000006000000686F73747300" : null;
        string? Said() => File.Exists(kept) ? Convert.ToHexString(File.ReadAllBytes(kept)) : null;
        for (var i = 0; i < 300 && Said() != expected; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, Said());
        Assert.True(run.Process.ExitCode == 0, run.ToString());
    }

    [Fact]
    public async Task A_resolver_that_is_stopped_meanwhile_is_found()
    {
        using var resolver = await StartAsync();
        var run = await Lab.RunAsync(LabMode.Block, Script(
            "echo ready; until [ -e /run/lab/work/stopped ]; do :; done; rm /run/lab/work/stopped") with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("ready", TimeSpan.FromMinutes(1));
                resolver.Dispose();
                await Lab.OutsideAsync("touch", "/run/lab/work/stopped");
            },
        });
        var finding = Assert.Single(run.Report.Findings);
        Assert.Equal("resolver-stopped", finding.Id);
        Assert.EndsWith("/dnsmasq", finding.Evidence["program"], StringComparison.Ordinal);
    }

    /// <summary>As systemd-resolved has one at 127.0.0.54, and is known as what it is: over TCP its questions are judged nowhere else.</summary>
    [Theory]
    [EveryMode]
    public async Task Another_address_of_the_machines_resolver_is_no_way_around_over_TCP(LabMode mode)
    {
        const string Address = "127.0.0.54";
        var program = Path.Combine(Lab.WorkFolder, "systemd-resolved");
        File.Copy(Dnsmasq, program, overwrite: true);
        using var resolver = await StartAsync("/run/lab/work/systemd-resolved", Address);
        var name = $"{Canary}.attacker.test";
        await ProveAsync(mode, new Attack
        {
            Command = Command("dns", "ask", Address, name, "A", "tcp"),
            Row = Row.Connection("tcp", 53, Address),
            Reasons = ["helper"],
            Exe = "dns",
        });
    }

    private async Task<LabProcess> StartAsync(string program = Dnsmasq, string address = "127.0.0.1")
    {
        Assert.SkipUnless(File.Exists(Dnsmasq), "dnsmasq (package dnsmasq-base) is not installed");
        var resolver = Lab.Start(
            program,
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--user=root",
            "--pid-file=",
            "--no-resolv",
            "--no-hosts",
            $"--listen-address={address}",
            "--bind-interfaces",
            $"--server={Resolver}");
        var started = Stopwatch.GetTimestamp();
        while (!await AskAsync(address))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), "dnsmasq does not answer");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return resolver;
    }

    private async Task<bool> AskAsync(string address = "127.0.0.1") =>
        (await Lab.OutsideAsync("dns", "ask", address, "v4.test", "A")).Output.StartsWith("rcode 0", StringComparison.Ordinal);
}
