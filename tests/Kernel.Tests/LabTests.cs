using System.Diagnostics;

namespace Sallyport.Kernel.Tests;

/// <summary>The laboratory is an instrument: these tests check it.</summary>
public sealed class LabTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    [Fact]
    public async Task Nothing_of_a_laboratory_is_left_when_it_is_gone()
    {
        Assert.SkipUnless(LabNetwork.WhyNot is null, LabNetwork.WhyNot ?? string.Empty);
        string cgroup;
        string work;
        await using (var lab = await LabNetwork.CreateAsync(LabOptions.FromEnvironment()))
        {
            (cgroup, work) = (lab.CgroupRoot, lab.WorkFolder);
            _ = lab.Start("sleep", "60");
            Assert.True(Directory.Exists(cgroup));
        }

        Assert.False(Directory.Exists(cgroup));
        Assert.False(Directory.Exists(work));
    }

    [Fact]
    public async Task The_machine_has_no_route_to_a_laboratory()
    {
        using var ip = Process.Start(
            new ProcessStartInfo("/usr/sbin/ip", ["route", "show", "table", "all"]) { RedirectStandardOutput = true })!;
        var routes = await ip.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await ip.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("198.51.100.", routes, StringComparison.Ordinal);
        Assert.DoesNotContain("2001:db8", routes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_capture_counts_each_byte_that_a_client_sends()
    {
        var run = await Lab.RunAsync(LabMode.Off, Command("udp", "sendmmsg", Attacker, "5300", Canary));
        Assert.Equal(3, run.Traffic.PacketsTo(Attacker, 5300));
        var tcp = await Lab.RunAsync(LabMode.Off, Command("tcp", "connect", Attacker6, "4443", Canary));
        Assert.Equal(1, tcp.Traffic.ConnectionsTo(Attacker6));
        Assert.Equal(Canary, Assert.Single(tcp.Traffic.Conversations).ReceivedText);
    }

    [Fact]
    public async Task A_process_that_hangs_is_ended_by_its_deadline()
    {
        var hanging = Command("sleep", "60") with { Deadline = TimeSpan.FromMilliseconds(200) };
        await Assert.ThrowsAsync<LabException>(() => Lab.RunAsync(LabMode.Off, hanging));
    }

    [Fact]
    public async Task The_resolver_answers_every_kind_of_question()
    {
        var address = await Lab.OutsideAsync("dns", "ask", Resolver6, "alias.test", "AAAA", "edns");
        Assert.StartsWith($"rcode 0\n{AllowedSecond6}\n", address.Output, StringComparison.Ordinal);
        var nothing = await Lab.OutsideAsync("dns", "ask", Resolver, "nothing.test", "A", "bytes");
        Assert.StartsWith("rcode 3\n", nothing.Output, StringComparison.Ordinal);
    }
}
