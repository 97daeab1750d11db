using System.Text;
using Sallyport.Agent.Enforcement;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class ContainerAccessTests
{
    [Theory]
    [InlineData("""{"HostConfig":{"Privileged":false,"PidMode":"","NetworkMode":"bridge","CapAdd":null,"Devices":[]},"Mounts":[]}""", null)]
    [InlineData("""{"HostConfig":{"Binds":["/:/host"],"Privileged":true}}""", "privileged")]
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
    public void What_it_has_of_the_machine_is_told_in_words(string body, string? access) =>
        Assert.Equal(access, ContainerAccess.Read(Encoding.UTF8.GetBytes(body)));
}
