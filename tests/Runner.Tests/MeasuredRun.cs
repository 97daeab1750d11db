using System.Diagnostics;

[assembly: AssemblyFixture(typeof(Sallyport.Runner.Tests.MeasuredRun))]

namespace Sallyport.Runner.Tests;

/// <summary>
/// The workflow that was measured with the genuine runner (its steps unchanged but for docker run and one path), run once
/// by the stand-in. Its probes wrote what the kernel says of each step's process.
/// </summary>
public sealed class MeasuredRun : IAsyncLifetime
{
    public StandIn StandIn { get; } = new();

    public string Probes => Path.Combine(StandIn.Folder, "probes");

    public async ValueTask InitializeAsync()
    {
        string source = Path.Combine(StandIn.Folder, "server", "local", "e2e");
        Directory.CreateDirectory(Path.GetDirectoryName(source)!);
        await RunAsync("cp", "-a", Path.Combine(StandIn.Samples, "workspace"), source);
        await RunAsync("chmod", "+x", $"{source}/probe.sh");
        await RunAsync("git", "-C", source, "init", "--quiet");
        await RunAsync("git", "-C", source, "add", "--all");
        await RunAsync("git", "-C", source, "-c", "user.name=test", "-c", "user.email=test@example", "commit",
            "--quiet", "-m", "x");
        string python = StandIn.Write("bin/python", "#!/bin/sh\nexec python3 \"$@\"\n");
        await RunAsync("chmod", "+x", python);
        string map = StandIn.Write("actions.json", $$"""
            {
              "step-security/harden-runner@rc": "{{StandIn.Samples}}/harden-runner",
              "actions/checkout@v4": "{{AppContext.BaseDirectory}}/actions/checkout"
            }
            """);
        Directory.CreateDirectory(Probes);
        string path = $"{Path.GetDirectoryName(python)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        StandIn.Start($"{source}/.github/workflows/ci.yml",
        [
            "--actions", map, "--server-url", $"file://{StandIn.Folder}/server",
            "--env", $"PROBES={Probes}", "--env", $"PATH={path}",
        ]);
        await StandIn.EndAsync();
    }

    public ValueTask DisposeAsync()
    {
        StandIn.Dispose();
        return ValueTask.CompletedTask;
    }

    public string Probe(string name, string file) => File.ReadAllText(Path.Combine(Probes, name, file)).TrimEnd('\n');

    public string WorkerLog() => File.ReadAllText(StandIn.Job.GetProperty("workerLog").GetString()!);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
