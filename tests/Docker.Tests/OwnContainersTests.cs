using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// HARDENING rule A: what passes between the job's own containers is not egress. In block mode, with a policy that
/// names none of these addresses, all of it works and nothing of it is reported as refused.
/// </summary>
public sealed class OwnContainersTests(ContainerLab lab)
{
    // $folder, $image: then `service` starts a web server on port 5432 and returns when it listens.
    private const string Service = """
        set -e
        folder=$1; image=$2
        mkfifo "$folder/ready"
        cleanup() {
            docker rm --force "$container" >/dev/null
            [ -z "$network" ] || docker network rm "$network" >/dev/null
        }
        service() {
            container=$(docker run --detach --volume "$folder:/shared" "$@" "$image" \
                sh -c 'echo pong >/tmp/ping && httpd -p 5432 -h /tmp && echo ready >/shared/ready && sleep 60')
            trap cleanup EXIT
            read -r line <"$folder/ready"
        }
        """;

    private const string Fetch = Destination.Wget;

    private const string CallPostgres = $"""
        network=service-network
        docker network create "$network" >/dev/null
        service --network "$network" --name postgres
        docker run --rm --network "$network" "$image" {Fetch} http://postgres:5432/ping
        """;

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public Task A_service_container_is_reached_by_its_name(LabMode mode) => PingsAsync(mode, CallPostgres);

    /// <summary>
    /// HARDENING rule B: with a search list in resolv.conf a client asks for `postgres.corp.test` first. That question
    /// may be answered "no such name", but it is nothing that a build should fail for.
    /// </summary>
    [Fact]
    public async Task The_search_suffix_on_a_service_containers_name_is_not_reported_as_refused()
    {
        JobRun job = await PingsAsync(LabMode.Block, CallPostgres);

        Assert.DoesNotContain(job.Report.Dns, row => row.IsRefusal);
    }

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public Task A_container_of_the_default_bridge_is_reached_by_its_address(LabMode mode) => PingsAsync(mode, $$$"""
        service
        address=$(docker inspect --format '{{.NetworkSettings.IPAddress}}' "$container")
        docker run --rm "$image" {{{Fetch}}} "http://$address:5432/ping"
        """);

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public Task The_machine_reaches_a_container_by_its_address(LabMode mode) => PingsAsync(mode, $$$"""
        service
        address=$(docker inspect --format '{{.NetworkSettings.IPAddress}}' "$container")
        busybox {{{Fetch}}} "http://$address:5432/ping"
        """);

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public Task A_published_port_is_reached_over_loopback(LabMode mode) => PingsAsync(mode, $"""
        service --publish 5433:5432
        busybox {Fetch} http://127.0.0.1:5433/ping
        """);

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public Task A_published_port_is_reached_over_the_machines_own_address(LabMode mode) => PingsAsync(mode, $"""
        service --publish 5433:5432
        busybox {Fetch} http://{LabAddresses.Client}:5433/ping
        """);

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public Task A_container_reaches_a_published_port_over_the_bridge(LabMode mode) => PingsAsync(mode, $"""
        service --publish 5433:5432
        docker run --rm "$image" {Fetch} http://{DockerDaemon.BridgeAddress}:5433/ping
        """);

    private async Task<JobRun> PingsAsync(LabMode mode, string script)
    {
        JobRun job = await lab.JobAsync(
            mode, ["sh", "-c", $"network=\n{Service}\n{script}", "sh", lab.NewFolder(), BaseImage.Name]);

        job.Succeeded();
        Assert.Equal("pong", job.Output.Split('\n')[^1]);
        if (mode != LabMode.Off)
        {
            job.RefusedNoConnection();
            job.FoundNothing();
        }

        return job;
    }
}
