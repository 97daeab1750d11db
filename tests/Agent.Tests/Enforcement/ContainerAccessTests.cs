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
    [InlineData("""{"HostConfig":{"ReadonlyPaths":null,"CapAdd":{"a":[]},"Binds":"/:/x","Devices":[[],"x",{"PathOnHost":{}}],"PidMode":[]}}""", null)]
    public void What_it_has_of_the_machine_is_told_in_words(string body, string? access) =>
        Assert.Equal(access, ContainerAccess.Read(Encoding.UTF8.GetBytes(body)));
}
