using Sallyport.Lab.Processes;

namespace Sallyport.Kernel.Tests;

/// <summary>HARDENING D and rule 2: caches that were filled before the start, and a resolver that is stopped meanwhile.</summary>
public sealed class ResolverCacheTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const string Dnsmasq = "/usr/sbin/dnsmasq";

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

    [Fact]
    public async Task A_resolver_that_is_stopped_meanwhile_is_found()
    {
        using var resolver = await StartAsync();
        var run = await Lab.RunAsync(LabMode.Block, Script(
            "echo ready; until [ -e /run/lab/work/stopped ]; do :; done; rm /run/lab/work/stopped") with
        {
            Meanwhile = async process =>
            {
                await process.SaysAsync("ready", TimeSpan.FromSeconds(15));
                resolver.Dispose();
                await Lab.OutsideAsync("touch", "/run/lab/work/stopped");
            },
        });
        var finding = Assert.Single(run.Report.Findings);
        Assert.Equal("resolver-stopped", finding.Id);
        Assert.EndsWith("/dnsmasq", finding.Evidence["program"], StringComparison.Ordinal);
    }

    private async Task<LabProcess> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Dnsmasq), "dnsmasq (package dnsmasq-base) is not installed");
        var resolver = Lab.Start(
            Dnsmasq,
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--user=root",
            "--pid-file=",
            "--no-resolv",
            "--no-hosts",
            "--listen-address=127.0.0.1",
            "--bind-interfaces",
            $"--server={Resolver}");
        for (var i = 0; i < 100 && !await AskAsync(); i++)
        {
        }

        Assert.True(await AskAsync(), "dnsmasq does not answer");
        return resolver;
    }

    private async Task<bool> AskAsync() =>
        (await Lab.OutsideAsync("dns", "ask", "127.0.0.1", "v4.test", "A")).Output.StartsWith("rcode 0", StringComparison.Ordinal);
}
