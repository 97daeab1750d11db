namespace Sallyport.EndToEnd.Tests.Machine;

/// <summary>Somebody in the place of the server, who answers for its deny list with what the test gives.</summary>
public sealed class FalseServer : IAsyncDisposable
{
    /// <summary>Where agents of the machine reach it.</summary>
    public const string Address = "http://127.0.0.1:8711";

    private const string Served = $"{RunnerMachine.Work}/false-server";

    private readonly RunnerMachine machine;
    private readonly string pid;

    private FalseServer(RunnerMachine machine, string pid) => (this.machine, this.pid) = (machine, pid);

    public static async Task<FalseServer> StartAsync(RunnerMachine machine)
    {
        string pid = await machine.ShellAsync($$"""
            mkdir -p {{Served}}/api/v1
            touch {{Served}}/ready
            setsid python3 -m http.server 8711 --bind 127.0.0.1 --directory {{Served}} > /dev/null 2>&1 < /dev/null &
            pid=$!
            for i in $(seq 500); do
              curl -s -o /dev/null --fail {{Address}}/ready && { echo $pid; exit 0; }
              sleep 0.1
            done
            kill $pid || true
            exit 1
            """);
        return new FalseServer(machine, pid.Trim());
    }

    /// <summary>What it answers from now on.</summary>
    public Task AnswerAsync(string body) => File.WriteAllTextAsync(
        Path.Combine(machine.Network.WorkFolder, "false-server", "api", "v1", "deny-list"), body, CancellationToken.None);

    public async ValueTask DisposeAsync() => await machine.ShellAsync("kill \"$1\" || true", pid);
}
