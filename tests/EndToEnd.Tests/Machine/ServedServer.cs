using Sallyport.Lab;

namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>A real server on loopback of the machine with the runner, with a data folder that the test can read.</summary>
public sealed class ServedServer : IAsyncDisposable
{
    /// <summary>Where jobs of the machine reach it.</summary>
    public const string Address = "http://127.0.0.1:8710";

    private const string Data = $"{RunnerMachine.Work}/server";

    private readonly RunnerMachine machine;
    private readonly string program;
    private string? pid;

    private ServedServer(RunnerMachine machine, string program, string pid) => (this.machine, this.program, this.pid) = (machine, program, pid);

    /// <summary>Starts it, and returns when it is ready.</summary>
    /// <param name="machine">On whose loopback.</param>
    /// <param name="settings">Each as <c>key=value</c>.</param>
    public static async Task<ServedServer> StartAsync(RunnerMachine machine, params IEnumerable<string> settings)
    {
        string program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Sallyport.Server", "release", "sallyport-server"));
        string pid = await machine.ShellAsync(
            $$"""
            mkdir -p {{Data}}
            cd {{Data}}
            program=$1 root=$2; shift 2
            DOTNET_ROOT="$root" setsid "$program" --set listen={{Address}} --set dataFolder={{Data}} "$@" > {{Data}}/log 2>&1 < /dev/null &
            pid=$!
            for i in $(seq 300); do
              curl -s -o /dev/null --fail {{Address}}/health/ready && { echo $pid; exit 0; }
              sleep 0.1
            done
            kill $pid || true
            cat {{Data}}/log >&2
            exit 1
            """,
            [program, RunnerMachine.DotnetRoot(), .. settings.SelectMany(setting => (string[])["--set", setting])]);
        return new ServedServer(machine, program, pid.Trim());
    }

    /// <summary>Runs one of its commands; returns what it printed.</summary>
    public async Task<string> CommandAsync(params IEnumerable<string> arguments) => (await machine.ShellAsync(
        $"""program=$1; root=$2; shift 2; DOTNET_ROOT="$root" "$program" "$@" --set dataFolder={Data}""",
        [program, RunnerMachine.DotnetRoot(), .. arguments])).Trim();

    /// <summary>A new key of an owner's. What a job asks for within seconds is asked for with it first: the server has done it once by then.</summary>
    public async Task<string> KeyAsync(string owner)
    {
        string key = await CommandAsync("api-key", owner);
        await machine.ShellAsync(
            """
            of="repository=$3/none&workflow=none&job=none&run=1"
            for what in deny-list "policy?$of" "overrides?$of" "baseline?$of"; do
              curl -sS -o /dev/null --max-time 30 -H "Authorization: Bearer $1" "$2/api/v1/$what"
            done
            """,
            key, Address, owner);
        return key;
    }

    /// <summary>Where the administrator signs in, once.</summary>
    public async Task<Uri> AdministratorLinkAsync() => new($"{Address}{new Uri(await CommandAsync("admin-link")).AbsolutePath}");

    /// <summary>Saves a version of a policy.</summary>
    public async Task SaveAsync(string owner, string name, string policy)
    {
        string file = Path.Combine(machine.Network.WorkFolder, "stored-policy.yml");
        await File.WriteAllTextAsync(file, policy, CancellationToken.None);
        await CommandAsync("policy", "save", owner, name, $"{RunnerMachine.Work}/stored-policy.yml");
    }

    /// <summary>Signs a version of an owner's deny list: an entry a line.</summary>
    public async Task DenyAsync(string owner, string list)
    {
        string file = Path.Combine(machine.Network.WorkFolder, "deny-list.txt");
        await File.WriteAllTextAsync(file, list, CancellationToken.None);
        await CommandAsync("deny-list", "save", owner, $"{RunnerMachine.Work}/deny-list.txt");
    }

    /// <summary>Recordings that were joined: of jobs that came whole and were folded.</summary>
    public string[] Recordings()
    {
        string folder = Path.Combine(machine.Network.WorkFolder, "server", "recordings");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "recording-*.ndjson.zst", SearchOption.AllDirectories) : [];
    }

    /// <summary>What it has and what it says, for a test that fails.</summary>
    public Task<string> StateAsync() => machine.ShellAsync($"""
        cat {Data}/log
        find {Data} -type f
        ls -lR /run/sallyport/uploads || true
        ps -eo pid,ppid,etime,args | grep -E 'sallyport|curl' || true
        """);

    /// <summary>When it returns, another can have its address. May be called more than once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref pid, null) is { } running)
        {
            await machine.ShellAsync(
                $"""
                kill "$1" || true
                for i in $(seq 800); do [ -e "/proc/$1/exe" ] || exit 0; sleep 0.05; done
                cat {Data}/log >&2
                exit 1
                """,
                running);
        }
    }
}
