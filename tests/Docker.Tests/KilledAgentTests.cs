using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>The agent stands between the job and dockerd; when it is killed, nobody else is to notice.</summary>
public sealed class KilledAgentTests(ContainerLab lab)
{
    // $0 is a folder, $1 the image. The last `docker wait` hangs at the agent when it dies.
    private const string Script = """
        container=$(docker run --detach --rm "$1" sleep 60) || exit
        echo $PPID >"$0/agent"
        echo begun
        docker wait "$container"
        """;

    private const string NothingIsLeft =
        "until [ -z \"$(find /run/sallyport/sockets /run/sallyport/jobs -mindepth 1)\" ]; do :; done";

    private static readonly TimeSpan s_begins = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task After_kill_9_of_the_agent_dockers_socket_works_and_nothing_of_the_agents_is_left()
    {
        string folder = lab.NewFolder();

        await lab.JobAsync(LabMode.Block, ["sh", "-c", Script, folder, BaseImage.Name], async process =>
        {
            await process.SaysAsync("begun", s_begins);
            string before = await lab.OutsideAsync("stat", "--format", "%i %a %U", "/run/docker.sock");
            await lab.OutsideAsync("sh", "-c", "kill -9 $(cat \"$0/agent\")", folder);
            await lab.OutsideAsync("docker", "run", "--rm", BaseImage.Name, "true");
            await lab.OutsideAsync("timeout", "20", "sh", "-c", NothingIsLeft);
            Assert.Equal(before, await lab.OutsideAsync("stat", "--format", "%i %a %U", "/run/docker.sock"));
        });
        await lab.OutsideAsync("sh", "-c", "docker ps --quiet | xargs --no-run-if-empty docker rm --force");
    }

    [Fact]
    public async Task Only_the_job_sees_the_agents_socket_with_the_daemons_owner_and_mode()
    {
        const string Show = "%i %a %U %G";
        string folder = lab.NewFolder();
        string[] during = [];

        JobRun job = await lab.JobAsync(
            LabMode.Audit,
            ["sh", "-ec", $"mkfifo \"$0/end\"; stat --format '{Show}' /run/docker.sock; echo begun; read -r line <\"$0/end\"", folder],
            async process =>
            {
                await process.SaysAsync("begun", s_begins);
                during = (await lab.OutsideAsync("stat", "--format", Show, "/run/docker.sock")).Split(' ');
                await lab.OutsideAsync("sh", "-c", "echo end >\"$0/end\"", folder);
            });

        job.Succeeded();
        string[] inside = job.Output.Split('\n')[0].Split(' ');
        Assert.NotEqual(during[0], inside[0]);
        Assert.Equal(during[1..], inside[1..]);
    }
}
