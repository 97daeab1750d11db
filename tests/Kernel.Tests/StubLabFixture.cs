using System.Diagnostics;
using Sallyport.Lab.Processes;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// A laboratory whose client asks a stub on its own loopback, which asks the resolvers of the world: systemd-resolved's
/// situation, with dnsmasq in its place. The stub is older than every job and belongs to none.
/// </summary>
public sealed class StubLabFixture : LabFixture
{
    private const string Dnsmasq = "/usr/sbin/dnsmasq";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private LabProcess? _stub;

    /// <summary>Null when the stub answers; otherwise why there is none.</summary>
    public string? WhyNoStub { get; private set; }

    protected override LabOptions Options => base.Options with { Stub = Stub };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        if (LabNetwork.WhyNot is not null)
        {
            return;
        }

        if (!File.Exists(Dnsmasq))
        {
            WhyNoStub = "dnsmasq (package dnsmasq-base) is not installed";
            return;
        }

        await StartStubAsync();
    }

    /// <summary>Ends the one that answers.</summary>
    public void StopStub()
    {
        _stub?.Dispose();
        _stub = null;
    }

    /// <summary>Starts one, and waits until it answers; the laboratory ends it.</summary>
    /// <returns>Its process id.</returns>
    public async Task<int> StartStubAsync()
    {
        _stub = Lab.Start(
            Dnsmasq,
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--user=root",
            "--pid-file=",
            "--no-resolv",
            "--no-hosts",
            $"--listen-address={Stub}",
            "--bind-interfaces",
            $"--server={Resolver}");
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < s_patience; await Task.Delay(50))
        {
            ProcessOutcome asked = await Lab.OutsideAsync("dns", "ask", Stub, "v4.test", "A");
            if (asked.Output.StartsWith("rcode 0", StringComparison.Ordinal))
            {
                return _stub.Id;
            }
        }

        throw new LabException("dnsmasq does not answer.");
    }
}
