using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// R1, R2: where `privileged-container` blocks, what would give the machine away does not come to be, by the real client and by the
/// API itself in the ways that a daemon understands and a guard might not; and what a job needs of Docker goes on. The requests of a class
/// run in one job, each with a word for whether the daemon did it.
/// </summary>
public sealed class RefusedContainerTests(ContainerLab lab)
{
    private const string Policy = "version: 1\ndetections: { privileged-container: block }";

    /// <summary>`did` says whether a command came through; `api` makes a container by the API and removes it.</summary>
    private const string Words = $$"""
        image={{BaseImage.Name}}
        did() { name=$1; shift; if "$@" > out 2>&1; then echo "did $name"; else echo "refused $name"; fi; }
        api() {
          path=$1 body=$2
          curl -sS --fail-with-body --unix-socket /var/run/docker.sock -H 'Content-Type: application/json' -d "$body" "http://x$path"
        }
        made() { api /containers/create "{\"Image\":\"$image\",\"Cmd\":[\"true\"],$1}"; }
        cd /run/lab/work; ln -sfn / root
        cat > grpc.py <<'END'
        {{AskBuildKit}}
        END
        """;

    /// <summary>
    /// A request for a build on BuildKit's own connection, which says a word that stands for what it is to have. The daemon answers
    /// something, or waits for what is not said, $SILENCE seconds; or the connection ends. With a further header for the request that the connection begins with.
    /// </summary>
    private const string AskBuildKit = """
        import os, socket, struct, sys
        def frame(kind, flags, stream, data): return struct.pack('>I', len(data) << 8 | kind) + bytes([flags]) + struct.pack('>I', stream) + data
        def text(value): return bytes([len(value)]) + value
        word = sys.argv[1].encode()
        solve = b'\x0a\x05first' + b'\x4a' + text(word)
        head = (b'\x83\x86\x04' + text(b'/moby.buildkit.v1.Control/Solve') + b'\x01\x01x\x0f\x10' + text(b'application/grpc') + b'\x00\x02te' + text(b'trailers'))
        s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect('/var/run/docker.sock')
        s.sendall(b'POST /grpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n' + b''.join(one.encode() + b'\r\n' for one in sys.argv[2:]) + b'\r\n')
        got = b''
        while b'\r\n\r\n' not in got: got += s.recv(1) or sys.exit('the connection ended')
        print(got.decode())
        if not got.startswith(b'HTTP/1.1 101'): sys.exit('refused')
        s.settimeout(int(os.environ['SILENCE']))
        half = len(solve) - 4
        s.sendall(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0, b'') + frame(1, 4, 1, head)
            + frame(0, 0, 1, b'\0' + struct.pack('>I', len(solve)) + solve[:half]) + frame(0, 1, 1, solve[half:]))
        f = s.makefile('rb')
        while True:
            try: top = f.read(9)
            except TimeoutError: sys.exit(0)
            if len(top) < 9: sys.exit('the connection ended')
            size, kind, stream = int.from_bytes(top[:3], 'big'), top[3], int.from_bytes(top[5:], 'big')
            data = f.read(size)
            if kind == 7: print(data)
            if kind == 1 and stream == 1: sys.exit(0)
        """;

    /// <summary>Name, command, and what is told of it.</summary>
    private static readonly (string Name, string Command, string Has)[] s_attacks =
    [
        ("privileged", "docker run --rm --privileged $image true", "privileged"),
        ("pids", "docker run --rm --pid host $image true", "pids"),
        ("ipc", "docker run --rm --ipc host $image true", "ipc"),
        ("network", "docker run --rm --network host $image true", "network"),
        ("root", "docker run --rm -v /:/host:ro $image true", "files"),
        ("link", "docker run --rm -v /run/lab/work/root:/host $image true", "files"),
        ("proc", "docker run --rm --mount type=bind,source=/proc/sys,target=/x $image true", "files"),
        ("sudoers", "docker run --rm -v /etc/sudoers.d:/x $image true", "files"),
        ("socket", "docker run --rm -v /run/docker.sock:/x $image true", "runtime-socket"),
        ("crontabs", "docker run --rm -v /var/spool:/x $image true", "files"),
        ("systemd", "docker run --rm -v /run/systemd:/x:ro $image true", "files"),
        ("capability", "docker run --rm --cap-add cap_sys_admin $image true", "capabilities"),
        ("device", "docker run --rm --device /dev/mem $image true", "devices"),
        ("devices", "docker run --rm --device-cgroup-rule 'b *:* rwm' $image true", "devices"),
        ("systempaths", "docker run --rm --security-opt systempaths=unconfined $image true", "files"),
        ("volume", "docker volume create --opt type=none --opt o=bind --opt device=/ taken", "files"),
        ("inline-volume", "docker run --rm --mount type=volume,target=/x,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/ $image true", "files"),
        ("swarm", "docker swarm init", "untold"),
        ("exec", "docker exec --privileged $good true", "privileged"),
        ("case", "made '\"hostconfig\":{\"PRIVILEGED\":true}'", "privileged"),
        ("fold", "made '\"HostConfig\":{\"Bind\\u017f\":[\"/:/host\"]}'", "files"),
        ("twice", "made '\"HostConfig\":{\"Privileged\":false},\"HostConfig\":{\"Privileged\":true}'", "privileged"),
        ("none", "api /containers/create '{\"Image\":'", "request"),
        ("chunked", "curl -sS --fail --unix-socket /var/run/docker.sock -H 'Transfer-Encoding: chunked' -H 'Content-Type: application/json' "
            + "-d \"{\\\"Image\\\":\\\"$image\\\",\\\"Cmd\\\":[\\\"true\\\"],\\\"HostConfig\\\":{\\\"PidMode\\\":\\\"host\\\"}}\" http://x/v1.30/containers/create", "pids"),
        ("old-start", "api /v1.22/containers/$good2/start '{\"Binds\":[\"/:/host\"]}'", "files"),
        ("grpc", "python3 grpc.py network.host", "network"),
        ("grpc-body", "python3 grpc.py network.host 'Content-Length: 1000000'", "request"),
        ("owners-start", "docker start owners", "files"),
        ("owners-exec", "docker exec owners-runs true", "files"),
        ("owners-put", "curl -sS --fail --unix-socket /var/run/docker.sock -X PUT --data-binary @nothing.tar 'http://x/containers/owners/archive?path=/'", "files"),
        ("owners-large", "docker start owners-large", "undescribed"),
    ];

    /// <summary>Attacks whose container this machine makes and does not start: that takes what a machine of a test may lack.</summary>
    private static readonly string[] s_madeAlone = ["privileged", "proc", "capability", "device", "devices", "systempaths"];

    /// <summary>
    /// Containers of the machine's owner, made outside of any job: two with the machine in them, and one of which the daemon says more
    /// than anybody reads.
    /// </summary>
    private const string Owners = $$$"""
        image={{{BaseImage.Name}}}; cd /run/lab/work; tar cf nothing.tar -T /dev/null
        docker create --name owners -v /:/h:ro $image true; docker run -d --name owners-runs -v /:/h:ro $image sleep 1000
        { printf '{"Image":"%s","Cmd":["true"],"Labels":{"a":"' $image; head -c 4194304 /dev/zero | tr '\0' a; printf '"}}'; } > large.json
        curl -sS --fail-with-body --unix-socket /var/run/docker.sock -H 'Content-Type: application/json' --data-binary @large.json \
          'http://x/containers/create?name=owners-large'
        """;

    private static readonly (string Name, string Command)[] s_honest =
    [
        ("plain", "docker run --rm $image true"),
        ("folder", "docker run --rm -v /run/lab/work:/work -w /work $image sh -c 'echo made > made'"),
        ("volume", "docker run --rm -v named:/data --tmpfs /x $image true"),
        ("clock", "docker run --rm -v /etc/hostname:/etc/of-host:ro $image true"),
        ("port", "docker run --rm -p 17098:80 --cap-add NET_ADMIN --device /dev/null $image true"),
        ("network", "docker network create own; docker run --rm --network own $image true; docker network rm own"),
        ("exec", "docker exec $good true"),
        ("grpc", "python3 grpc.py network.none"),
        ("build", "printf 'FROM %s\\nRUN true\\n' $image | DOCKER_BUILDKIT=0 docker build -q -"),
    ];

    /// <summary>Two containers that are the job's and have nothing of the machine; gone with it.</summary>
    private const string Good = """
        good=$(docker run -d $image sleep 300); good2=$(docker create $image true)
        trap 'docker rm -f $good $good2 > /dev/null; docker volume rm -f named taken > /dev/null; rm -f root made grpc.py' EXIT
        """;

    [Fact]
    public async Task What_gives_the_machine_away_is_refused_and_told()
    {
        string[] script = [.. s_attacks.Select(attack => $"try() {{ {attack.Command}; }}; did {attack.Name} try")];
        JobRun job = await RunAsync(LabMode.Audit, script, Policy);
        Assert.All(s_attacks, attack => Assert.Contains($"refused {attack.Name}\n", job.Output + "\n", StringComparison.Ordinal));

        // One for each, in their order, by the program that asked; and nothing was made on the way.
        Assert.Equal(
            s_attacks.Select(attack => $"blocked {attack.Has} by {(attack.Command.StartsWith("docker", StringComparison.Ordinal) ? "docker" : attack.Command.StartsWith("python3", StringComparison.Ordinal) ? "python" : "curl")}"),
            job.Report.Findings.Where(row => row.Id == "privileged-container")
                .Select(row => $"{row.Action} {row.Evidence["has"]} by {Path.GetFileName(job.Report.Processes.FirstOrDefault(one => one.Id == row.Process)?.Exe)?.TrimEnd([.. "0123456789."])}"));
    }

    /// <summary>
    /// Each that this machine can do at all comes through when nothing is refused: by the agent off, and by a policy that reports.
    /// </summary>
    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    public async Task Without_that_word_in_the_policy_it_is_made(LabMode mode)
    {
        string[] able =
        [
            "pids", "ipc", "network", "root", "link", "sudoers", "socket", "crontabs", "systemd", "inline-volume", "volume", "case", "fold", "twice", "chunked",
            "old-start", "owners-start", "owners-exec", "owners-put", "owners-large", "grpc", "grpc-body",
        ];
        string[] script =
        [
            .. s_attacks.Where(attack => able.Contains(attack.Name))
                .Select(attack => $"try() {{ {attack.Command}; }}; did {attack.Name} try"),
            .. s_attacks.Where(attack => s_madeAlone.Contains(attack.Name)).Select(attack =>
                $"try() {{ made=$({attack.Command.Replace("run --rm", "create", StringComparison.Ordinal)}) && docker rm $made; }}; did {attack.Name} try"),
        ];
        JobRun job = await RunAsync(mode, script, "version: 1\ndetections: { privileged-container: report }");
        Assert.All([.. able, .. s_madeAlone], name => Assert.Contains($"did {name}\n", job.Output + "\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_job_needs_of_Docker_goes_on()
    {
        string[] script = [.. s_honest.Select(honest => $"try() {{ {honest.Command}; }}; did {honest.Name} try")];
        JobRun job = await RunAsync(LabMode.Audit, script, Policy);
        Assert.All(s_honest, honest => Assert.Contains($"did {honest.Name}\n", job.Output + "\n", StringComparison.Ordinal));
        Assert.DoesNotContain(job.Report.Findings, row => row.Id == "privileged-container");
    }

    private async Task<JobRun> RunAsync(LabMode mode, string[] script, string policy)
    {
        await lab.OutsideAsync("sh", "-ec", Owners);
        try
        {
            JobRun job = await lab.JobAsync(
                mode, ["sh", "-ec", string.Join('\n', [Words, Good, $"export SILENCE={(policy == Policy ? 30 : 3)}", .. script, "cat out >&2"])], policy: policy);
            job.Succeeded();
            return job;
        }
        finally
        {
            await lab.OutsideAsync("docker", "rm", "-f", "owners", "owners-runs", "owners-large");
        }
    }
}
