using Sallyport.Docker.Tests.Agent;
using Sallyport.Docker.Tests.Machine;
using Sallyport.Lab;

namespace Sallyport.Docker.Tests;

/// <summary>
/// A cluster inside a container, as kind makes it: the container holds a bridge of its own with a namespace behind it.
/// Traffic on that inner bridge is the job's own; what leaves over the machine's uplink is judged.
/// </summary>
public sealed class NestedBridgeTests(ContainerLab lab)
{
    private const string InnerNode = "10.244.0.2";

    // Runs in a container that may administer its network, with the machine's programs at /usr; $1 is `inner` or a URL.
    // `node` holds a network namespace of its own, as a pod has it.
    private const string Script = $"""
        set -e
        mkfifo /tmp/hold
        unshare -n sh -c 'echo held >/tmp/hold; exec sleep 60' &
        node=$!
        read -r line </tmp/hold
        ip link add inner0 type bridge
        ip addr add 10.244.0.1/24 dev inner0
        ip link set inner0 up
        ip link add pod0 type veth peer name eth0 netns "$node"
        ip link set pod0 master inner0 up
        pod() {"{"} nsenter -t "$node" -n "$@"; {"}"}
        pod ip link set lo up
        pod ip addr add {InnerNode}/24 dev eth0
        pod ip link set eth0 up
        pod ip route add default via 10.244.0.1
        iptables -t nat -A POSTROUTING -s 10.244.0.0/24 -o eth0 -j MASQUERADE
        mkdir -p /tmp/www && echo pong >/tmp/www/ping
        pod busybox httpd -p 5432 -h /tmp/www
        if [ "$1" = inner ]; then busybox {Destination.Wget} http://{InnerNode}:5432/ping; exit; fi
        pod busybox {Destination.Wget} "$1"
        """;

    [Theory]
    [InlineData(LabMode.Off)]
    [InlineData(LabMode.Audit)]
    [InlineData(LabMode.Block)]
    public async Task A_pod_is_reached_over_the_inner_bridge(LabMode mode)
    {
        JobRun job = await lab.JobAsync(mode, Run("inner"));

        job.Succeeded();
        Assert.Equal("pong", job.Output);
        if (mode != LabMode.Off)
        {
            job.RefusedNothing();
        }
    }

    [Fact]
    public async Task A_pod_reaches_a_server_while_the_agent_is_off() => await ControlAsync();

    [Fact]
    public async Task Audit_lets_a_pods_call_pass_and_reports_it_with_process_and_container()
    {
        Destination to = Destination.ForbiddenAddress();

        JobRun job = await lab.JobAsync(LabMode.Audit, Run(to.Url));

        job.Succeeded();
        job.Reached(to);
        Assert.NotNull(Assert.Single(job.CallsTo(to)).Container);
    }

    [Fact]
    public async Task Block_refuses_a_pods_call_and_nothing_reaches_the_server()
    {
        await ControlAsync();
        Destination to = Destination.ForbiddenAddress();

        JobRun job = await lab.JobAsync(LabMode.Block, Run(to.Url));

        job.Failed();
        job.DidNotReach(to);
        Assert.Contains(job.Report.ConnectionsTo(to.Address, Destination.Port), row => row.Verdict == "refused");
    }

    private Task ControlAsync() => lab.ControlAsync(nameof(NestedBridgeTests), async () =>
    {
        Destination to = Destination.ForbiddenAddress();
        JobRun control = await lab.JobAsync(LabMode.Off, Run(to.Url));
        control.Succeeded();
        control.Reached(to);
    });

    private static string[] Run(string argument) =>
    [
        "docker", "run", "--rm", "--cap-add", "NET_ADMIN", "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE",
        "--security-opt", "seccomp=unconfined", "--sysctl", "net.ipv4.ip_forward=1",
        .. BaseImage.WithThisMachinesPrograms, BaseImage.Name, "sh", "-c", Script, "sh", argument,
    ];
}
