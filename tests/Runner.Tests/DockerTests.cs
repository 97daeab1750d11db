using System.Text.Json;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;
using Sallyport.Lab.Processes;

namespace Sallyport.Runner.Tests;

/// <summary>
/// Container jobs, services and docker actions against the measured commands, with a dockerd in a namespace of the test's.
/// </summary>
public sealed class DockerTests
{
    private const string Work = "/run/lab/work";
    private const string ThisDocker = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(300);

    [Fact]
    public async Task Containers_are_made_and_used_by_the_measured_commands()
    {
        Assert.SkipWhen(LabNetwork.WhyNot is not null, LabNetwork.WhyNot ?? "");
        await using LabNetwork network = await LabNetwork.CreateAsync(LabOptions.FromEnvironment());
        RuncLeftovers.Remove(network.CgroupRoot);
        // As Docker.Tests does: room for Docker's networks beside the client's own.
        await OutsideAsync(network, $"""
            interface=$(ip -oneline -4 address show to {LabAddresses.Client} | cut -d ' ' -f 2)
            ip address del {LabAddresses.Client}/24 dev "$interface"
            ip address add {LabAddresses.Client}/25 dev "$interface"
            """);
        using (LabProcess daemon = await DockerDaemon.StartAsync(network))
        {
            await OutsideAsync(network, """
                mkdir -p /run/image/bin /run/image/tmp
                cp "$(command -v busybox)" /run/image/bin/busybox
                for name in cat echo env id ps sh sleep sort tail; do ln -s busybox "/run/image/bin/$name"; done
                tar -C /run/image -c . | docker import - local/busybox:e2e
                """);
            JsonElement jobs = await RunAsync(network);
            Compare(network, jobs);
        }

        RuncLeftovers.Remove(network.CgroupRoot);
    }

    private static async Task<JsonElement> RunAsync(LabNetwork network)
    {
        string map = Path.Combine(network.WorkFolder, "map.json");
        await File.WriteAllTextAsync(map, $$"""{"actions/checkout@v4": "{{StandIn.Samples}}/harden-runner"}""");
        Directory.CreateDirectory(Path.Combine(network.WorkFolder, "probes"));
        using LabProcess tool = network.Start(["env", ThisDocker, StandIn.Program,
            "--root", $"{Work}/root", "--result", $"{Work}/result.json", "--actions", $"{Work}/map.json",
            "--workflow", $"{StandIn.Samples}/workspace/.github/workflows/containers.yml",
            "--workspace-source", $"{StandIn.Samples}/workspace", "--env", $"PROBES={Work}/probes"]);
        ProcessOutcome outcome = await tool.ExitAsync(s_deadline);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        // What the processes inside saw.
        Assert.Contains("GITHUB_ACTION=__run\n", outcome.Output.Replace("Z ", "\n", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Contains("who d action __self", outcome.Output, StringComparison.Ordinal);
        foreach (string line in (string[])["CENV=c1", "GITHUB_WORKSPACE=/__w/e2e/e2e",
            "GITHUB_EVENT_PATH=/github/workflow/event.json",
            "RUNNER_TEMP=/github/runner_temp", "INPUT_WHO=d", "GITHUB_WORKSPACE=/github/workspace",
                "HOME=/github/home"])
        {
            Assert.Contains($"Z {line}\n", outcome.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Z RUNNER_TRACKING_ID=", outcome.Output, StringComparison.Ordinal);
        return JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(network.WorkFolder,
            "result.json"))).RootElement.GetProperty("jobs");
    }

    private static void Compare(LabNetwork network, JsonElement jobs)
    {
        Assert.Equal(
            ["Set up job", "Initialize containers", "In container run", "In container second", "Stop containers",
                "Complete job"],
            Names(jobs[0]));
        Assert.Equal(
            ["Set up job", "Pull local/busybox:e2e", "Pre Run actions/checkout@v4", "Run actions/checkout@v4",
                "Docker registry image",
                "Dockerfile action", "Post Run actions/checkout@v4", "Complete job"], Names(jobs[1]));
        string[] expected = [.. File.ReadLines($"{StandIn.Samples}/docker-commands-container.txt")
            .Where(line => line[0] != '#')
            .Select(line => Form(line, null))];
        string log = Path.Combine(network.WorkFolder,
            jobs[0].GetProperty("workerLog").GetString()![(Work.Length + 1)..]);
        string[] actual = [.. File.ReadLines(log)
            .Where(line => line.Contains("  Arguments: '", StringComparison.Ordinal))
            .Select(line => Form(line[(line.IndexOf("'", StringComparison.Ordinal) + 1)..^1], $"{Work}/root"))];
        Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));
    }

    /// <summary>The tool cache is where the machine has it.</summary>
    private static string Form(string line, string? root) => Normal.Docker(Normal.Form(line, root))
        .Replace("/opt/hostedtoolcache/linux", "WORK/_tool", StringComparison.Ordinal)
        .Replace("  ", " ", StringComparison.Ordinal);

    private static IEnumerable<string?> Names(JsonElement job) =>
        job.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString());

    private static async Task OutsideAsync(LabNetwork network, string script)
    {
        ProcessOutcome outcome = await network.OutsideAsync("sh", "-ec", $"export {ThisDocker}; {script}");
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
    }
}
