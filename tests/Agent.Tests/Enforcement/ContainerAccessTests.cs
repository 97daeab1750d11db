using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Sallyport.Agent.Enforcement;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class ContainerAccessTests
{
    [Theory]
    [InlineData("""{"HostConfig":{"Privileged":false,"PidMode":"","NetworkMode":"bridge","CapAdd":null,"Devices":[]},"Mounts":[]}""", null)]
    [InlineData("""{"HostConfig":{"Binds":["/:/host"],"Privileged":true}}""", "files, privileged")]
    [InlineData("""{"HostConfig":{"Binds":["/srv\u0000:/host"],"Devices":[{"PathOnHost":"/dev/null\u0000"}]}}""", "devices, files")]
    [InlineData("""{"HostConfig":{"PidMode":"host","NetworkMode":"host"}}""", "network, pids")]
    [InlineData("""{"HostConfig":{"PidMode":"container:host"}}""", null)]
    [InlineData("""{"HostConfig":{"CapAdd":["NET_ADMIN","CAP_SYS_ADMIN"]}}""", "capabilities")]
    [InlineData("""{"HostConfig":{"CapAdd":["sys_ptrace"]}}""", "capabilities")]
    [InlineData("""{"HostConfig":{"CapAdd":["NET_ADMIN","CHOWN"]}}""", null)]
    [InlineData("""{"HostConfig":{"Devices":[{"PathOnHost":"/dev/sda","PathInContainer":"/x"}],"PidMode":"host"}}""", "devices, pids")]
    [InlineData("""{"Mounts":[{"Type":"bind","Source":"/","Destination":"/host","RW":true}]}""", "files")]
    [InlineData("""{"Mounts":[{"Type":"bind","Source":"/etc/","Destination":"/x"}]}""", "files")]
    [InlineData("""{"Mounts":[{"Source":"/var/run/docker.sock","Destination":"/x"},{"Source":"/home/me/src"}]}""", "runtime-socket")]
    [InlineData("""{"Mounts":[{"Source":"/run"}],"HostConfig":{"Privileged":true}}""", "privileged, runtime-socket")]
    [InlineData("""{"Mounts":[{"Destination":"/","Source":"/home/me"},{"Name":"/","Source":7}]}""", null)]
    [InlineData("""{"Config":{"HostConfig":{"Privileged":true}},"Mounts":null,"HostConfig":[]}""", null)]
    [InlineData("""{"hostconfig":{"PRIVILEGED":true}}""", "privileged")]
    [InlineData("""{"HostConfig":{"Privileged":true,"Privileged":false}}""", "privileged")]
    [InlineData("""{"HostConfig":{"Binds":["/home/me:/x","name:/etc","/etc/hostname:/x:ro"],"IpcMode":"host"}}""", "ipc")]
    [InlineData("""{"HostConfig":{"Bind\u017f":["/etc/cron.d:/x:rw"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/proc/sys","Target":"/x"},{"Type":"bind","Source":"/usr","ReadOnly":true}]}}""", "files")]
    [InlineData("""{"HostConfig":{"Mounts":[{"Type":"bind","Source":"/usr/share","Target":"/x","ReadOnly":true}]}}""", null)]
    [InlineData("""{"Mounts":[{"Type":"volume","Name":"a","Source":"/var/lib/docker/volumes/a/_data","RW":true}]}""", null)]
    [InlineData("""{"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"DriverConfig":{"Options":{"type":"none","o":"rw,bind","device":"/"}}}}]}}""", "files")]
    [InlineData("""{"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"DriverConfig":{"Options":{"type":"tmpfs","device":"tmpfs"}}}}]}}""", null)]
    [InlineData("""{"HostConfig":{"Devices":[{"PathInContainer":"/x","PathOnHost":"/dev/fuse"},{"PathOnHost":"/dev/net/tun"}]}}""", null)]
    [InlineData("""{"HostConfig":{"DeviceCgroupRules":["b *:* rwm"],"ReadonlyPaths":[],"MaskedPaths":null}}""", "devices, files")]
    [InlineData("""{"HostConfig":{"Binds":["/root/.ssh:/x:ro"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/root/.docker/config.json:/x:ro"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/var/spool:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/var/spool:/x:ro","/var/log/x:/y:ro","/var/lib/postgresql:/z","/var/tmp/x:/w"]}}""", null)]
    [InlineData("""{"HostConfig":{"Binds":["/run/systemd:/x:ro"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/run/systemd/private:/x:ro"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/var/run/dbus:/x:ro"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/run/udev:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/run/user:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/run/user/0/bus:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/run/user/1000/podman-of-mine:/x","/run/of-nobody/folder:/y"]}}""", null)]
    [InlineData("""{"HostConfig":{"Binds":["/var/lib/containers/storage:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/var/lib/dpkg/info:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/var/cache:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/lib64:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/etc/shadow:/x:ro"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/home/me:/x:O,upperdir=/etc/cron.d,workdir=/tmp/w"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["of-mine:/x:O,upperdir=/etc/cron.d,workdir=/tmp/w"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":[".:/x:O"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["../home/me:/x"]}}""", "files")]
    [InlineData("""{"HostConfig":{"Binds":["/home/me:/x:O","of-mine:/y:z,nocopy","/home/me/a=b:/c=d:ro"]}}""", null)]
    [InlineData("""{"HostConfig":{"PidMode":"ns:/proc/1/ns/pid"}}""", "pids")]
    [InlineData("""{"HostConfig":{"LogConfig":{"Type":"k8s-file","Config":{"path":"/etc/cron.d/x"}}}}""", "files")]
    [InlineData("""{"HostConfig":{"LogConfig":{"Type":"json-file","Config":{"max-size":"10m"}}}}""", null)]
    [InlineData("""{"HostConfig":{"Mounts":[{"VolumeOptions":{"DriverConfig":{"Options":{"o":"bind","device":"/","Device":"/srv"}}}}]}}""", "files")]
    [InlineData("""{"HostConfig":{"ReadonlyPaths":null,"CapAdd":{"a":[]},"Binds":"/:/x","Devices":[[],"x",{"PathOnHost":{}}],"PidMode":[]}}""", null)]
    public void What_it_has_of_the_machine_is_told_in_words(string body, string? access) =>
        Assert.Equal(access, ContainerAccess.Read(Encoding.UTF8.GetBytes(body)));

    /// <summary>Runtimes make a folder that is not there; the driver of volumes follows a link before it goes up from it.</summary>
    [Fact]
    public void Links_are_followed_to_what_is_not_there_yet_and_before_the_way_goes_up()
    {
        using var folder = new TestFolder();
        _ = File.CreateSymbolicLink(Path.Combine(folder.Path, "etc"), "/etc");
        _ = File.CreateSymbolicLink(Path.Combine(folder.Path, "share"), "/usr/share");
        Assert.Equal("files", ContainerAccess.Read(Encoding.UTF8.GetBytes($$$"""{"HostConfig":{"Binds":["{{{folder.Path}}}/etc/of-nobody/yet:/x"]}}""")));
        Assert.Equal("files", ContainerAccess.ReadVolume(Encoding.UTF8.GetBytes(
            $$$"""{"DriverOpts":{"type":"none","o":"bind","device":"{{{folder.Path}}}/share/../lib"}}""")));
        Assert.Null(ContainerAccess.Read(Encoding.UTF8.GetBytes($$$"""{"HostConfig":{"Binds":["{{{folder.Path}}}/of-nobody/yet:/x"]}}""")));
    }

    [Fact]
    public void More_than_anybody_asks_for_is_not_followed()
    {
        var deep = string.Concat(Enumerable.Repeat("/tmp/..", 200)) + "/tmp/of-nobody";
        var many = string.Join(',', Enumerable.Repeat("\"name:/x\"", ContainerAccess.MostMounts + 1));
        Assert.Equal("files", ContainerAccess.Read(Encoding.UTF8.GetBytes($$$"""{"HostConfig":{"Binds":["{{{deep}}}:/x"]}}""")));
        Assert.Equal("files", ContainerAccess.Read(Encoding.UTF8.GetBytes($$$"""{"HostConfig":{"Binds":[{{{many}}}]}}""")));
        var device = "/dev/dri/.." + string.Concat(Enumerable.Repeat("/.", 300)) + "/sda";
        Assert.Equal("devices", ContainerAccess.Read(Encoding.UTF8.GetBytes($$$"""{"HostConfig":{"Devices":[{"PathOnHost":"{{{device}}}"}]}}""")));
    }

    [Fact]
    public void A_socket_of_roots_in_the_folder_of_sockets_is_a_way_to_root_and_one_of_somebody_elses_is_none()
    {
        Assert.SkipWhen(!Environment.IsPrivilegedProcess, "root makes the sockets");
        var folder = $"/run/sallyport-test-{Environment.ProcessId}";
        Directory.CreateDirectory(folder);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint($"{folder}/s"));
            var body = Encoding.UTF8.GetBytes($$$"""{"HostConfig":{"Binds":["{{{folder}}}/s:/x:ro"]}}""");
            var whole = Encoding.UTF8.GetBytes($$$"""{"HostConfig":{"Binds":["{{{folder}}}:/x:ro"]}}""");
            Assert.Equal(("files", "files"), (ContainerAccess.Read(body), ContainerAccess.Read(whole)));
            using var chown = Process.Start(new ProcessStartInfo("chown", ["4242", $"{folder}/s"]))!;
            chown.WaitForExit();
            Assert.Equal((null, null), (ContainerAccess.Read(body), ContainerAccess.Read(whole)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_folder_of_roots_is_the_machines_but_for_a_runner_that_lives_there()
    {
        Assert.SkipWhen(!Environment.IsPrivilegedProcess, "root's folder");
        var folder = $"/root/sallyport-test-{Environment.ProcessId}";
        Directory.CreateDirectory($"{folder}/_work/a");
        try
        {
            var body = Encoding.UTF8.GetBytes($$$"""{"HostConfig":{"Binds":["{{{folder}}}/_work/a:/x"]}}""");
            Assert.Equal("files", ContainerAccess.Read(body));
            File.WriteAllText($"{folder}/.runner", "{}");
            Assert.Null(ContainerAccess.Read(body));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
