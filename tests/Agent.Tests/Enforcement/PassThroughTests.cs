using System.Net.Sockets;
using System.Text;
using Sallyport.Agent.Core.DockerApi;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Enforcement.DockerSocket;
using Sallyport.Agent.Host;
using Sallyport.Policy;

namespace Sallyport.Agent.Tests.Enforcement;

/// <summary>The pass-through between a client and a daemon that are both sockets of the test: what arrives where, and when.</summary>
public sealed class PassThroughTests : IDisposable
{
    private const string Empty = "HTTP/1.1 204 No Content\r\n\r\n";
    private static readonly string Id = new('a', 64);
    private static readonly ContainerOwner Owner = new(7, 3, IsInferred: false);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TestFolder folder = new();
    private readonly FakeOwners owners = new(Owner);
    private readonly BuildsUnderWay builds = new();
    private readonly Socket daemon;
    private readonly List<IDisposable> open = [];

    public PassThroughTests() => daemon = Listen("daemon.sock");

    public void Dispose()
    {
        open.ForEach(one => one.Dispose());
        daemon.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Requests_in_a_row_pass_unchanged_on_one_connection_also_when_sent_at_once()
    {
        var (client, server) = await Connect();
        await Send(client, "GET /_ping HTTP/1.1\r\nHost: x\r\n\r\nPOST /networks/create HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
        await Expect(server, "GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n");
        await Send(server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
        await Expect(client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
        await Expect(server, "POST /networks/create HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
        await Send(server, "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        await Expect(client, "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        await Send(client, "HEAD /info HTTP/1.1\r\n\r\n");
        await Expect(server, "HEAD /info HTTP/1.1\r\n\r\n");
        await Send(server, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
        await Expect(client, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
        await Send(client, "GET /last HTTP/1.1\r\n\r\n");
        await Expect(server, "GET /last HTTP/1.1\r\n\r\n");
    }

    [Theory]
    [InlineData("POST /containers/create HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("GET /a/../containers/create HTTP/1.1\r\n\r\n")]
    public async Task What_has_two_meanings_does_not_reach_the_daemon(string request)
    {
        var (client, server) = await Connect();
        await Send(client, request);
        Assert.StartsWith("HTTP/1.1 400 ", await ReadToEnd(client), StringComparison.Ordinal);
        client.Dispose();
        Assert.Empty(await ReadToEnd(server));
    }

    [Fact]
    public async Task A_head_without_end_does_not_reach_the_daemon()
    {
        var (client, server) = await Connect();
        await Send(client, "GET / HTTP/1.1\r\nX: " + new string('x', 70_000));
        Assert.StartsWith("HTTP/1.1 400 ", await ReadToEnd(client), StringComparison.Ordinal);
        client.Dispose();
        Assert.Empty(await ReadToEnd(server));
    }

    [Fact]
    public async Task A_request_hidden_in_the_body_of_a_reply_that_ends_with_the_connection_does_not_reach_the_daemon()
    {
        var (client, server) = await Connect();
        await Send(client, "GET /events HTTP/1.1\r\n\r\n");
        await Expect(server, "GET /events HTTP/1.1\r\n\r\n");
        await Send(server, "HTTP/1.1 200 OK\r\n\r\nevent");
        await Expect(client, "HTTP/1.1 200 OK\r\n\r\nevent");
        await Send(client, "POST /containers/create HTTP/1.1\r\n\r\n");
        server.Shutdown(SocketShutdown.Send);
        Assert.Empty(await ReadToEnd(client));
        Assert.Empty(await ReadToEnd(server));
    }

    [Fact]
    public async Task Another_protocol_is_spoken_only_where_the_api_does()
    {
        var (client, server) = await Connect();
        await Send(client, "GET /info HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
        _ = await Read(server);
        await Send(server, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
        Assert.Empty(await ReadToEnd(client));
    }

    [Fact]
    public async Task A_created_container_is_known_to_the_kernel_before_the_client_has_the_reply()
    {
        var (client, server) = await Connect();
        await Send(client, "POST /v1.41/containers/create HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
        _ = await Read(server);
        var body = $"{{\"Id\":\"{Id}\",\"Warnings\":[]}}";
        await Send(server, $"HTTP/1.1 201 Created\r\nContent-Length: {body.Length}\r\n\r\n{body[..20]}");
        Assert.Empty(owners.Containers);
        Assert.Equal(0, client.Available);
        await Send(server, body[20..]);
        await Expect(client, $"HTTP/1.1 201 Created\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.Equal(Owner, owners.Containers[Id]);
        Assert.Null(owners.GivenUp);
    }

    [Theory]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"Id\":\"0123\"}")]
    [InlineData("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n")]
    public async Task A_create_whose_reply_cannot_be_read_is_not_missed(string reply)
    {
        var (client, server) = await Connect();
        await Send(client, "POST /containers/create HTTP/1.1\r\n\r\n");
        _ = await Read(server);
        await Send(server, reply);
        _ = await Read(client);
        Assert.NotNull(owners.GivenUp);
    }

    [Fact]
    public async Task Execs_of_one_container_take_turns_until_the_process_has_come()
    {
        owners.Containers[Id] = Owner;
        var execs = new List<(Socket Client, Socket Server)>();
        for (var i = 0; i < 2; i++)
        {
            var (client, server) = await Connect();
            await Send(client, $"POST /containers/{Id}/exec HTTP/1.1\r\n\r\n");
            _ = await Read(server);
            var body = $"{{\"Id\":\"{new string((char)('0' + i), 64)}\"}}";
            var reply = $"HTTP/1.1 201 Created\r\nContent-Length: {body.Length}\r\n\r\n{body}";
            await Send(server, reply);
            await Expect(client, reply);
            execs.Add((client, server));
        }

        await Send(execs[0].Client, $"POST /exec/{new string('0', 64)}/start HTTP/1.1\r\n\r\n");
        _ = await Read(execs[0].Server);
        Assert.Equal(Owner, owners.Joins[Id]);
        await Send(execs[1].Client, $"POST /exec/{new string('1', 64)}/start HTTP/1.1\r\n\r\n");
        await Send(execs[0].Server, "HTTP/1.1 101 UPGRADED\r\n\r\n");
        await Expect(execs[0].Client, "HTTP/1.1 101 UPGRADED\r\n\r\n");
        Assert.Equal(0, execs[1].Server.Available);
        Assert.True(owners.Joins.TryRemove(Id, out _));
        _ = await Read(execs[1].Server);
        Assert.Equal(Owner, owners.Joins[Id]);
        await Send(execs[1].Server, "HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n");
        _ = await Read(execs[1].Client);
        await Eventually(() => owners.Joins.IsEmpty);
    }

    [Fact]
    public async Task A_stream_passes_both_ways_and_each_half_ends_by_itself()
    {
        var (client, server) = await Connect();
        await Send(client, "POST /containers/db/attach?stream=1 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst");
        Assert.EndsWith("\r\n\r\n", (await Read(server)).Replace("first", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        await Send(server, "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nPOST /x");
        await Expect(client, "HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nPOST /x");
        client.Shutdown(SocketShutdown.Send);
        _ = await ReadToEnd(server);
        await Send(server, "after");
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal("after", await ReadToEnd(client));
    }

    [Fact]
    public async Task A_client_that_goes_while_it_waits_is_gone_for_the_daemon_too()
    {
        var (client, server) = await Connect();
        await Send(client, "POST /containers/db/wait HTTP/1.1\r\n\r\n");
        _ = await Read(server);
        client.Dispose();
        Assert.Empty(await ReadToEnd(server));
    }

    [Fact]
    public async Task A_body_waits_for_the_daemons_word_when_the_client_does()
    {
        var (client, server) = await Connect();
        await Send(client, "POST /images/load HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        _ = await Read(server);
        await Send(server, "HTTP/1.1 100 Continue\r\n\r\n");
        await Expect(client, "HTTP/1.1 100 Continue\r\n\r\n");
        await Send(client, "body");
        await Expect(server, "body");
        await Send(server, Empty);
        await Expect(client, Empty);
    }

    [Fact]
    public async Task A_final_reply_to_a_client_that_still_waits_to_send_ends_the_connection()
    {
        var (client, server) = await Connect();
        await Send(client, "POST /images/load HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        _ = await Read(server);
        await Send(server, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", await ReadToEnd(client));
    }

    [Fact]
    public async Task While_a_build_lasts_its_containers_are_the_builders_and_of_two_builds_nobodys_for_sure()
    {
        var (client, server) = await Connect();
        await Send(client, "POST /build HTTP/1.1\r\n\r\n");
        _ = await Read(server);
        Assert.Equal((Owner, Owner, Owner), (owners.ClassicBuild, owners.BuildKit, owners.Work));
        await Send(server, Empty);
        await Expect(client, Empty);
        await Eventually(() => owners.ClassicBuild is null && owners.BuildKit is null && owners.Work is null);

        var window = new List<ContainerOwner?>();
        var windows = new OwnerWindow(window.Add);
        var other = Owner with { Process = 8 };
        windows.Open(Owner);
        windows.Open(other);
        windows.Close(other);
        windows.Open(other with { Execution = 9 });
        windows.Close(Owner);
        Assert.Equal(
            [Owner, other with { IsInferred = true }, Owner, new(0, 0, true), other with { Execution = 9 }], window);
    }

    [Theory]
    [InlineData("Engine", false)]
    [InlineData("Podman Engine", true)]
    public async Task A_build_by_BuildKit_makes_nothing_with_an_id_where_the_daemon_is_Dockers(string engine, bool mayHaveIds)
    {
        var (client, server) = await Connect();
        await Send(client, "POST /build?t=app%3A7&version=2 HTTP/1.1\r\nContent-Type: application/x-tar\r\n\r\n");
        using (var asked = await daemon.AcceptAsync().WaitAsync(Patience))
        {
            Assert.StartsWith("GET /version ", await Read(asked), StringComparison.Ordinal);
            var reply = $$"""{"Components":[{"Name":"{{engine}}"}]}""";
            await Send(asked, $"HTTP/1.1 200 OK\r\nContent-Length: {reply.Length}\r\n\r\n{reply}");
        }

        _ = await Read(server);
        Assert.Equal(mayHaveIds ? null : "build of app:7", builds.At(BootClock.NowNs()));
        Assert.Equal((mayHaveIds ? Owner : null, Owner, Owner), (owners.ClassicBuild, owners.BuildKit, owners.Work));
    }

    /// <summary>What the kernel is told of them afterwards would be told to tables that are closed.</summary>
    [Fact]
    public async Task It_has_ended_when_the_last_of_its_connections_has()
    {
        const int Many = 50;
        for (var i = 0; i < Many; i++)
        {
            var (client, server) = await Connect();
            await Send(client, "POST /build HTTP/1.1\r\n\r\n");
            _ = await Read(server);
        }

        owners.Slowness = TimeSpan.FromMilliseconds(4);
        open[0].Dispose();

        Assert.Equal((null, null, null), (owners.ClassicBuild, owners.BuildKit, owners.Work));
    }

    [Fact]
    public async Task A_request_that_names_nobody_gives_up_knowing()
    {
        var (client, server) = await Connect();
        await Send(client, "POST /swarm/init HTTP/1.1\r\n\r\n");
        _ = await Read(server);
        Assert.NotNull(owners.GivenUp);
    }

    [Fact]
    public async Task A_refused_request_gets_the_daemons_kind_of_answer_and_does_not_reach_it()
    {
        var (client, server) = await Connect(new NoPrivileges());
        await Send(client, "POST /containers/create HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
        await Expect(client, "HTTP/1.1 100 Continue\r\n\r\n");
        await Send(client, "8\r\n{\"Privil\r\n8\r\neged\":1}\r\n0\r\n\r\n");
        var answer = await ReadToEnd(client);
        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{\"message\":\"not \\u0022privileged\\u0022\"}", answer, StringComparison.Ordinal);
        client.Dispose();
        Assert.Empty(await ReadToEnd(server));
    }

    [Fact]
    public async Task An_allowed_request_passes_with_the_body_that_was_looked_at()
    {
        var (client, server) = await Connect(new NoPrivileges());
        await Send(client, "POST /containers/create HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
        await Expect(server, "POST /containers/create HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
    }

    /// <summary>Podman's own interface calls things by other names; what it has beyond those that are known is refused.</summary>
    [Theory]
    [InlineData("libpod/containers/create", """{"image":"x","privileged":true}""")]
    [InlineData("v4.3.1/libpod/containers/create", """{"image":"x","pidns":{"nsmode":"host"}}""")]
    [InlineData("libpod/containers/create", """{"netns":{"nsmode":"path","value":"/proc/1/ns/net"}}""")]
    [InlineData("libpod/containers/create", """{"cap_add":["CAP_SYS_ADMIN"]}""")]
    [InlineData("libpod/containers/create", """{"mounts":[{"type":"bind","source":"/","destination":"/x","options":["ro","rbind"]}]}""")]
    [InlineData("libpod/containers/create", """{"mounts":[{"type":"glob","source":"/et*","destination":"/x"}]}""")]
    [InlineData("libpod/containers/create", """{"overlay_volumes":[{"source":"/","destination":"/x"}]}""")]
    [InlineData("libpod/containers/create", """{"devices":[{"path":"/dev/sda"}]}""")]
    [InlineData("libpod/containers/create", """{"device_cgroup_rule":[{"allow":true,"access":"rwm"}]}""")]
    [InlineData("libpod/containers/create", """{"resource_limits":{"devices":[{"allow":true,"access":"rwm"}]}}""")]
    [InlineData("libpod/containers/create", """{"rootfs":"/"}""")]
    [InlineData("libpod/containers/create", """{"healthLogDestination":"/etc/cron.d"}""")]
    [InlineData("libpod/containers/create", """{"volumes":[{"Name":"x","Dest":"/x","Options":["O","upperdir=/etc","workdir=/tmp/x"]}]}""")]
    [InlineData("libpod/containers/create", """{"unmask":["ALL"]}""")]
    [InlineData("libpod/containers/create", """{"log_configuration":{"driver":"k8s-file","path":"/etc/cron.d/x"}}""")]
    [InlineData("libpod/containers/create", """{"annotations":{"org.systemd.property.X":"y"}}""")]
    [InlineData("libpod/containers/create", """{"oci_runtime":"/home/me/mine"}""")]
    [InlineData("libpod/containers/create", """{"of_a_later_version":[{"x":1}]}""")]
    [InlineData("libpod/volumes/create", """{"Name":"x","Options":{"type":"none","o":"bind","device":"/"}}""")]
    [InlineData("containers/create", """{"HostConfig":{"Binds":["/home/me:/x:O,upperdir=/etc/cron.d,workdir=/tmp/w"]}}""")]
    [InlineData("containers/x/update", """{"Memory":1,"Devices":[{"PathOnHost":"/dev/sda"}]}""")]
    [InlineData("libpod/containers/x/update", """{"health_log_destination":"/etc/cron.d"}""")]
    [InlineData("libpod/containers/x/update", """{"Health_log_destination":"a"}""")]
    [InlineData("libpod/containers/x/update", """{"devices":[{"allow":true,"access":"rwm"}]}""")]
    [InlineData("libpod/containers/x/update", """{"of_a_later_version":"/etc/cron.d"}""")]
    [InlineData("build?volume=/home/me:/x:O,upperdir=/etc/cron.d,workdir=/tmp/w", "")]
    [InlineData("build?volume=.:/x:O", "")]
    [InlineData("build?volume=/:/x", "")]
    [InlineData("libpod/build?%56olume=%2F%3A%2Fx", "")]
    [InlineData("libpod/build?nsoptions=%5B%7B%22Name%22%3A%22pid%22%2C%22Host%22%3Atrue%7D%5D", "")]
    [InlineData("libpod/build?devices=%5B%22%2Fdev%2Fsda%22%5D", "")]
    [InlineData("libpod/build?outputs=type%3Dlocal%2Cdest%3D%2Fetc%2Fcron.d", "")]
    [InlineData("libpod/build?secrets=%5B%22id%3Dx%2Csrc%3D..%2F..%2Fetc%2Fshadow%22%5D", "")]
    [InlineData("libpod/build?secrets=%5B%22id%3Dx%2Csrc%3Dlink-of-the-context%2Fshadow%22%5D", "")]
    [InlineData("libpod/build?volume=%2Ftmp%2Fa%5C%3Ab%3A%2Fx", "")]
    [InlineData("libpod/build?addcaps=%5B%22SYS_ADMIN%22%5D", "")]
    [InlineData("build?remote=x", "networkmode=host")]
    public async Task What_gives_the_machine_away_does_not_reach_podman(string path, string body)
    {
        var (client, server) = await Connect(Refusing());
        var type = body.StartsWith("networkmode", StringComparison.Ordinal) ? "application/x-www-form-urlencoded" : "application/x-tar";
        await Send(client, $"POST /{path} HTTP/1.1\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", await ReadToEnd(client), StringComparison.Ordinal);
        client.Dispose();
        Assert.Empty(await ReadToEnd(server));
    }

    /// <summary>Podman takes the whole of it for a path.</summary>
    [Fact]
    public Task A_root_with_a_colon_in_its_name_is_followed()
    {
        var link = Path.Combine(folder.Path, "a:b");
        _ = File.CreateSymbolicLink(link, "/");
        return What_gives_the_machine_away_does_not_reach_podman("libpod/containers/create", $$"""{"rootfs":"{{link}}"}""");
    }

    /// <summary>As podman 4.3 asks for a container and a build when nobody says more, and as later ones do (5.3: health…).</summary>
    [Theory]
    [InlineData("libpod/containers/create", """
        {"command":["true"],"httpproxy":true,"annotations":{"io.kubernetes.cri-o.TTY":"false"},"stop_timeout":10,"log_configuration":{},"raw_image_name":"busybox",
        "systemd":"true","sdnotifyMode":"container","pidns":{},"utsns":{},"containerCreateCommand":["podman","--remote","create","busybox","true"],
        "init_container_type":"","manage_password":true,"image":"busybox","image_volume_mode":"anonymous","ipcns":{},"seccomp_policy":"default","userns":{},
        "idmappings":{"HostUIDMapping":true,"HostGIDMapping":true,"UIDMap":null,"AutoUserNs":false,"AutoUserNsOpts":{"Size":0}},"umask":"0022","cgroupns":{},
        "cgroups_mode":"enabled","netns":{"nsmode":"bridge"},"Networks":null,"use_image_hosts":false,"of_a_later_version":{"a":[null,0,false,""]},
        "mounts":[{"type":"bind","source":"/home/me/src","destination":"/x","options":["rbind"]}],"volumes":[{"Name":"of-mine","Dest":"/y"}],"cap_add":["NET_ADMIN"]}
        """)]
    [InlineData("libpod/containers/create", """
        {"command":["true"],"httpproxy":true,"stop_timeout":10,"log_configuration":{},"raw_image_name":"busybox","systemd":"true","sdnotifyMode":"container",
        "pidns":{},"utsns":{},"containerCreateCommand":["podman","--remote","create","busybox","true"],"manage_password":true,"image":"busybox",
        "image_volume_mode":"anonymous","ipcns":{},"seccomp_policy":"default","userns":{},"umask":"0022","cgroupns":{},"cgroups_mode":"enabled","netns":{},
        "Networks":null,"healthLogDestination":"local","healthMaxLogCount":5,"healthMaxLogSize":500}
        """)]
    [InlineData("containers/x/update", """
        {"CpuShares":512,"Memory":1073741824,"NanoCpus":0,"CgroupParent":"","BlkioWeightDevice":null,"CpusetCpus":"0","Devices":null,"DeviceCgroupRules":null,
        "PidsLimit":100,"Ulimits":null,"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}}
        """)]
    [InlineData("libpod/containers/x/update", """
        {"memory":{"limit":1073741824},"cpu":{"shares":512,"cpus":"0"},"pids":{"limit":100},"blockIO":{"weight":10},"health_log_destination":"local",
        "health_cmd":"true","health_max_log_count":3}
        """)]
    [InlineData("libpod/volumes/create", """{"Name":"x","Options":{}}""")]
    [InlineData("libpod/build?networkmode=0&nsoptions=%5B%7B%22Name%22%3A%22user%22%2C%22Host%22%3Atrue%2C%22Path%22%3A%22%22%7D%5D&isolation=1&volume=/home/me:/x", "tar")]
    [InlineData("build?t=a&networkmode=default", "tar")]
    public async Task What_has_nothing_of_the_machine_reaches_podman(string path, string body)
    {
        var (client, server) = await Connect(Refusing());
        await Send(client, $"POST /{path} HTTP/1.1\r\nContent-Type: application/x-tar\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.StartsWith($"POST /{path} ", await Read(server), StringComparison.Ordinal);
    }

    /// <summary>Whatever it was asked for with, and whoever made it: by its runtime's own words, and without them nothing.</summary>
    [Theory]
    [InlineData("POST /v1.41/containers/x/start", Bad, "403 Forbidden")]
    [InlineData("POST /containers/x/restart", Bad, "403 Forbidden")]
    [InlineData("POST /containers/x/exec", Bad, "403 Forbidden")]
    [InlineData("POST /containers/x/attach", Bad, "403 Forbidden")]
    [InlineData("GET /containers/x/attach/ws", Bad, "403 Forbidden")]
    [InlineData("PUT /containers/x/archive?path=/x", Bad, "403 Forbidden")]
    [InlineData("GET /containers/x/archive?path=/x", Bad, "403 Forbidden")]
    [InlineData("POST /containers/x/start", "", "403 Forbidden")]
    [InlineData("POST /containers/x/start", "{\"Id\":", "403 Forbidden")]
    [InlineData("POST /containers/x/start", "{}", "403 Forbidden")]
    [InlineData("PUT /containers/x/archive?path=/x", null, "403 Forbidden")]
    [InlineData("POST /containers/x/start", "404", "404 Not Found")]
    public async Task A_container_of_somebody_elses_is_looked_at_before_it_is_used(string line, string? description, string answer)
    {
        var (client, server) = await Connect(Refusing());
        await Send(client, $"{line} HTTP/1.1\r\n" + (line.EndsWith("exec", StringComparison.Ordinal) ? "Content-Length: 2\r\n\r\n{}" : "\r\n"));
        await Describe(description);
        Assert.StartsWith($"HTTP/1.1 {answer}\r\n", await ReadToEnd(client), StringComparison.Ordinal);
        client.Dispose();
        Assert.Empty(await ReadToEnd(server));
    }

    /// <summary>Who renames it meanwhile has gained nothing.</summary>
    [Theory]
    [InlineData("POST /v1.41/containers/x/attach?a=%41", "POST /v1.41/containers/{0}/attach?a=%41")]
    [InlineData("PUT /containers/c%6fntainers/archive?path=/x", "PUT /containers/{0}/archive?path=/x")]
    [InlineData("GET /libpod/containers/x/attach/ws", "GET /libpod/containers/{0}/attach/ws")]
    public async Task What_was_looked_at_is_what_the_daemon_is_asked_for(string line, string passed)
    {
        var (client, server) = await Connect(Refusing());
        await Send(client, $"{line} HTTP/1.1\r\nHost: y\r\n\r\n");
        await Describe($$$"""{"Id":"{{{Id}}}","HostConfig":{"Binds":["/home/me:/x"]}}""");
        await Expect(server, $"{string.Format(null, passed, Id)} HTTP/1.1\r\nHost: y\r\n\r\n");
    }

    [Fact]
    public async Task More_than_anybody_says_of_a_container_is_no_word_for_it()
    {
        var (client, server) = await Connect(Refusing());
        await Send(client, "POST /containers/x/start HTTP/1.1\r\n\r\n");
        await Describe($$$"""{"Id":"{{{Id}}}","Config":{"Labels":{"a":"{{{new string('a', 4 << 20)}}}"}},"HostConfig":{"Privileged":true}}""");
        Assert.StartsWith("HTTP/1.1 403 Forbidden\r\n", await ReadToEnd(client), StringComparison.Ordinal);
        client.Dispose();
        Assert.Empty(await ReadToEnd(server));
    }

    [Fact]
    public async Task A_body_of_many_megabytes_passes_whole_in_both_ways()
    {
        const int Length = 32 << 20;
        var (client, server) = await Connect();
        await Send(client, $"POST /images/load HTTP/1.1\r\nContent-Length: {Length}\r\n\r\n");
        _ = await Read(server);
        var sending = SendZeros(client, Length);
        Assert.Equal(Length, await Count(server, Length));
        await sending;
        await Send(server, $"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n");
        _ = await Read(client);
        sending = SendZeros(server, Length);
        Assert.Equal(Length, await Count(client, Length));
        await sending;
    }

    private const string Bad = """{"Id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","HostConfig":{"Binds":["/:/h"]}}""";

    private static ContainerJudge Refusing()
    {
        var judge = new ContainerJudge(new AgentRecords());
        judge.Apply(DetectionAction.Block);
        return judge;
    }

    /// <summary>Says it of the container that is asked about; a number is a status, and null ends the connection without a word.</summary>
    private async Task Describe(string? description)
    {
        using var asked = await daemon.AcceptAsync().WaitAsync(Patience);
        Assert.StartsWith("GET /containers/", await Read(asked), StringComparison.Ordinal);
        if (description is not null)
        {
            var isStatus = description == "404";
            var body = isStatus ? "{}" : description;
            try
            {
                await Send(asked, $"HTTP/1.1 {(isStatus ? 404 : 200)} X\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }
            catch (SocketException)
            {
                // whoever asked has heard enough
            }
        }
    }

    private async Task<(Socket Client, Socket Server)> Connect(IRequestJudge? judge = null)
    {
        if (open.Count == 0)
        {
            var place = new RuntimeSocket(Path.Combine(folder.Path, "daemon.sock"), 0, SpeaksHttp: true);
            open.Add(new PassThrough(
                Listen("agent.sock"), new DaemonSocket(place), owners, new DaemonWindows(owners, builds), judge));
        }

        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        open.Add(client);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(folder.Path, "agent.sock")));
        var server = await daemon.AcceptAsync().WaitAsync(Patience);
        open.Add(server);
        return (client, server);
    }

    private Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder.Path, name)));
        socket.Listen();
        return socket;
    }

    private static async Task Send(Socket socket, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), SocketFlags.None).AsTask().WaitAsync(Patience);
        }
    }

    private static async Task SendZeros(Socket socket, int length)
    {
        var zeros = new byte[1 << 20];
        while (length > 0)
        {
            length -= await socket.SendAsync(zeros.AsMemory(0, Math.Min(length, zeros.Length)), SocketFlags.None);
        }
    }

    private static async Task<int> Count(Socket socket, int length)
    {
        var buffer = new byte[1 << 20];
        var count = 0;
        while (count < length && await socket.ReceiveAsync(buffer, SocketFlags.None).WaitAsync(Patience) is var received and > 0)
        {
            count += received;
        }

        return count;
    }

    private static async Task Expect(Socket socket, string text)
    {
        var read = string.Empty;
        while (read.Length < text.Length && await Read(socket) is { Length: > 0 } more)
        {
            read += more;
        }

        Assert.Equal(text, read);
    }

    private static async Task<string> Read(Socket socket)
    {
        var buffer = new byte[1 << 16];
        return Encoding.Latin1.GetString(buffer, 0, await socket.ReceiveAsync(buffer, SocketFlags.None).WaitAsync(Patience));
    }

    /// <summary>A connection that is closed with something unread in it ends with a reset, which is an end as well.</summary>
    private static async Task<string> ReadToEnd(Socket socket)
    {
        var all = new StringBuilder();
        try
        {
            while (await Read(socket) is { Length: > 0 } more)
            {
                all.Append(more);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }

        return all.ToString();
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class NoPrivileges : IRequestJudge
    {
        public bool WantsBody(DockerAction action) => action == DockerAction.CreateContainer;

        public string? Refuse(DockerClient client, DockerRequest request, HttpRequestHead head, ReadOnlySpan<byte> body) =>
            body.IndexOf("Privileged"u8) >= 0 ? "not \"privileged\"" : null;

        public bool WantsDescription(DockerAction action) => false;

        public string? RefuseDescribed(DockerClient client, DockerRequest request, ReadOnlySpan<byte> description) => null;

        public Func<ReadOnlyMemory<byte>, string?>? Watch(DockerClient client, DockerRequest request) =>
            request.AsksBuildKit ? bytes => bytes.Span.IndexOf("host"u8) >= 0 ? "not \"host\"" : null : null;
    }
}
